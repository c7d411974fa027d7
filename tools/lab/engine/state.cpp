#include "tools/lab/engine/state.hpp"

#include <algorithm>
#include <cassert>

namespace migstorm::lab {
namespace {

constexpr std::array<ReleaseFacts, 7> kReleases = {{
    {"2008r2sp1", "6.1.7601", "Microsoft Windows Server 2008 R2 Datacenter", 6, 1, 7601, 1, "6.1.7601.17514"},
    {"2012", "6.2.9200", "Microsoft Windows Server 2012 Datacenter", 6, 2, 9200, 0, "6.2.9200.16384"},
    {"2012r2", "6.3.9600", "Microsoft Windows Server 2012 R2 Datacenter", 6, 3, 9600, 0, "6.3.9600.16384"},
    {"2016", "10.0.14393", "Microsoft Windows Server 2016 Datacenter", 10, 0, 14393, 0, "10.0.14393"},
    {"2019", "10.0.17763", "Microsoft Windows Server 2019 Datacenter", 10, 0, 17763, 0, "10.0.17763"},
    {"2022", "10.0.20348", "Microsoft Windows Server 2022 Datacenter", 10, 0, 20348, 0, "10.0.20348"},
    {"2025", "10.0.26100", "Microsoft Windows Server 2025 Datacenter", 10, 0, 26100, 0, "10.0.26100"},
}};

constexpr std::array<std::string_view, kChannels> kChannelNames = {
    "Microsoft-Windows-Hyper-V-Worker-Admin",
    "Microsoft-Windows-Hyper-V-VMMS-Admin",
    "Microsoft-Windows-Hyper-V-High-Availability-Admin",
    "Microsoft-Windows-Hyper-V-Integration-Admin",
    "System",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

const ReleaseFacts& facts_of(Release release) noexcept {
  return kReleases[static_cast<std::size_t>(release)];
}

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
