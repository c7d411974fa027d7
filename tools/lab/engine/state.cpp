#include "tools/lab/engine/state.hpp"

#include <algorithm>
#include <cassert>

namespace migstorm::lab {
namespace {

constexpr std::array<std::string_view, kChannels> kChannelNames = {
    "Microsoft-Windows-Hyper-V-Worker-Admin",
    "Microsoft-Windows-Hyper-V-VMMS-Admin",
    "Microsoft-Windows-Hyper-V-High-Availability-Admin",
    "Microsoft-Windows-Hyper-V-Integration-Admin",
    "System",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::string_view name_of(Channel channel) noexcept {
  return kChannelNames[static_cast<std::size_t>(channel)];
}

std::string EventRecord::message() const {
  assert(kind != nullptr);
  const std::string_view pattern = kind->message;
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size() || !is_digit(pattern[i + 1])) {
      text += pattern[i];
      continue;
    }
    std::size_t number = 0;
    while (i + 1 < pattern.size() && is_digit(pattern[i + 1])) {
      number = number * 10 + static_cast<std::size_t>(pattern[++i] - '0');
    }
    if (number >= 1 && number <= strings.size()) {
      text += strings[number - 1];
    }
  }
  return text;
}

} // namespace migstorm::lab
