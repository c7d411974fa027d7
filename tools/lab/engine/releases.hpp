// What tells the releases of Windows Server apart, as far as the simulated cluster shows it. Facts of a class
// or method stand with the schema (provider/schema, marked with the release that brought them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace migstorm::lab {

// In the order of their versions: what a release brings, the later ones have too.
enum class Release : std::uint8_t { w2008r2sp1, w2012, w2012r2, w2016, w2019, w2022, w2025, azure_local };
inline constexpr std::size_t kReleases = static_cast<std::size_t>(Release::azure_local) + 1;

struct ReleaseFacts {
  std::string_view key;        // "2012r2", as in lab files
  std::string_view os_version; // "6.3.9600"
  std::string_view caption;    // "Microsoft Windows Server 2012 R2 Datacenter"
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t build = 0;
  std::uint32_t service_pack = 0;
  std::string_view integration_services; // version that this release brings
  std::string_view configuration;        // version that it gives the machines made there
  Release oldest_guest{};                // whose machines it still runs without upgrading them
};
const ReleaseFacts& facts_of(Release release) noexcept;

// Whether a host of `host` takes a running machine whose configuration is of `configuration`: hosts run what
// they list as supported, and none runs a later one.
bool takes_configuration(Release host, Release configuration) noexcept;
// The configuration after it landed. Up to 2012 R2 hosts upgrade what comes to them, which is why it cannot
// go back; later ones leave it until somebody asks.
Release landed_configuration(Release host, Release configuration) noexcept;
// A cluster may be of one release, or on its way from 2012 R2 or later to the next one.
bool may_share_cluster(Release a, Release b) noexcept;

// WinRM listens without anybody having set it up.
constexpr bool winrm_by_default(Release release) noexcept { return release >= Release::w2012; }
// Live migrations that a host takes part in unless it was set otherwise.
constexpr std::uint32_t migrations_by_default(Release release) noexcept {
  return release == Release::w2008r2sp1 ? 1 : 2;
}
// Credential Guard is on by default: a host hands nobody's password on, so moves that rely on CredSSP fail.
constexpr bool guards_credentials(Release release) noexcept { return release >= Release::w2025; }

} // namespace migstorm::lab
