#include "harness/campaign/hosts.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

} // namespace

HostTable::HostTable(std::vector<hyperv::HostFacts> facts) : facts_(std::move(facts)) {
  for (HostId i = 0; i < facts_.size(); ++i) {
    index_.emplace(lower(facts_[i].host), i);
  }
}

std::optional<HostId> HostTable::find(std::string_view name) const {
  const auto it = index_.find(lower(name));
  return it != index_.end() ? std::optional(it->second) : std::nullopt;
}

} // namespace migstorm::campaign
