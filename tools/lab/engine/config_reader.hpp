// The parts of `simulated:` that have a file of their own. Each records problems at their nodes.
#pragma once

#include "tools/lab/engine/config.hpp"
#include "tools/lab/engine/text.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

// Hosts by the name of their entry and by their own: what `on:` may say.
using HostGroups = std::map<std::string, std::vector<std::size_t>, std::less<>>;

HostGroups read_hosts(const yaml::Node& list, SimulatedConfig& config);
void read_guests(const yaml::Node& list, const HostGroups& groups, SimulatedConfig& config);
std::vector<DiskConfig> read_disks(const yaml::Node& list, bool clustered);
// All but the disks; what the group was told is for clustered guests only.
void read_hardware(const yaml::Node& entry, GuestConfig& guest);
void read_role(const yaml::Node& entry, const HostGroups& groups, const SimulatedConfig& config,
               GuestConfig& guest);
// Whether all of it can be together, on the oldest host where the guest may begin.
void check_hardware(const yaml::Node& entry, const GuestConfig& guest, const HostConfig& host);
bool possible_owner(const Role& role, std::size_t host);

Release read_release(const yaml::Node& node, Release fallback);
std::vector<std::string> read_hotfixes(const yaml::Node& node);
// A name that Windows takes, or a pattern of such names. Empty after a diagnostic.
std::string read_name(const yaml::Node& entry);

// "n%02dx": where the number of an entry with a count stands.
struct NamePattern {
  std::string before;
  std::string after;
  std::size_t width = 0;
  bool numbered = false;
};
std::optional<NamePattern> parse_pattern(std::string_view name); // nothing if it is malformed

} // namespace migstorm::lab
