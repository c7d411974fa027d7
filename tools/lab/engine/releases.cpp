#include "tools/lab/engine/releases.hpp"

#include <array>

namespace migstorm::lab {
namespace {

// Supported configuration versions: Microsoft's table of long-term servicing hosts (5.0 and later on 2016 and
// 2019, 8.0 and later on 2022 and 2025). Azure Local is the 24H2 operating system (solution versions 12.x);
// that it takes the configurations 2025 takes, and its caption, are unverified.
constexpr std::array<ReleaseFacts, kReleases> kFacts = {{
    {"2008r2sp1", "6.1.7601", "Microsoft Windows Server 2008 R2 Datacenter", 6, 1, 7601, 1, "6.1.7601.17514",
     "4.0", Release::w2008r2sp1},
    {"2012", "6.2.9200", "Microsoft Windows Server 2012 Datacenter", 6, 2, 9200, 0, "6.2.9200.16384", "4.0",
     Release::w2012},
    {"2012r2", "6.3.9600", "Microsoft Windows Server 2012 R2 Datacenter", 6, 3, 9600, 0, "6.3.9600.16384",
     "5.0", Release::w2012},
    {"2016", "10.0.14393", "Microsoft Windows Server 2016 Datacenter", 10, 0, 14393, 0, "10.0.14393", "8.0",
     Release::w2012r2},
    {"2019", "10.0.17763", "Microsoft Windows Server 2019 Datacenter", 10, 0, 17763, 0, "10.0.17763", "9.0",
     Release::w2012r2},
    {"2022", "10.0.20348", "Microsoft Windows Server 2022 Datacenter", 10, 0, 20348, 0, "10.0.20348", "10.0",
     Release::w2016},
    {"2025", "10.0.26100", "Microsoft Windows Server 2025 Datacenter", 10, 0, 26100, 0, "10.0.26100", "12.0",
     Release::w2016},
    {"azure-local", "10.0.26100", "Microsoft Azure Stack HCI", 10, 0, 26100, 0, "10.0.26100", "12.0",
     Release::w2016},
}};

} // namespace

const ReleaseFacts& facts_of(Release release) noexcept { return kFacts[static_cast<std::size_t>(release)]; }

bool takes_configuration(Release host, Release configuration) noexcept {
  return configuration <= host && configuration >= facts_of(host).oldest_guest;
}

Release landed_configuration(Release host, Release configuration) noexcept {
  return host <= Release::w2012r2 && configuration < host ? host : configuration;
}

bool may_share_cluster(Release a, Release b) noexcept {
  const Release older = a < b ? a : b;
  const Release newer = a < b ? b : a;
  if (older == newer) {
    return true;
  }
  const bool neighbours = static_cast<int>(newer) - static_cast<int>(older) == 1;
  return neighbours && older >= Release::w2012r2 && newer != Release::azure_local;
}

} // namespace migstorm::lab
