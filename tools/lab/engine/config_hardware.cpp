// What a simulated guest has beside its disks, what its group was told, and which of it cannot be together or
// on a release.
#include "harness/scenario/units.hpp"
#include "tools/lab/engine/config_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::lab {
namespace {

constexpr std::uint64_t kFibreChannelPortsMax = 4;
constexpr std::uint64_t kAssignedDevicesMax = 16;
constexpr std::uint64_t kCheckpointsMax = 50;
constexpr std::size_t kClassNamesMax = 16;

bool any_disk(const GuestConfig& guest, Sharing sharing) {
  return std::any_of(guest.disks.begin(), guest.disks.end(),
                     [&](const DiskConfig& disk) { return disk.sharing == sharing; });
}

bool any_pass_through(const GuestConfig& guest) {
  return std::any_of(guest.disks.begin(), guest.disks.end(),
                     [](const DiskConfig& disk) { return disk.pass_through; });
}

void read_checkpoints(const yaml::Node& node, CheckpointConfig& checkpoints) {
  if (!node.defined()) {
    return;
  }
  checkpoints.count = static_cast<std::uint32_t>(node.key("count").whole(0, kCheckpointsMax, 1));
  checkpoints.production = node.key("type").choice({"standard", "production"}, 0) == 1;
  node.finish();
}

std::vector<HostIndex> read_nodes(const yaml::Node& list, const HostGroups& groups,
                                  const SimulatedConfig& config) {
  std::vector<HostIndex> nodes;
  for (const yaml::Node& name : list.list()) {
    const auto group = groups.find(lower(name.text()));
    if (group == groups.end()) {
      name.error(fmt::format("no host and no group of hosts is called {}", units::quoted(name.text())));
      continue;
    }
    for (const std::size_t host : group->second) {
      const auto index = static_cast<HostIndex>(host);
      if (!config.hosts[host].clustered) {
        name.error(fmt::format("'{}' is not a node of the cluster", config.hosts[host].name));
        break;
      }
      if (std::find(nodes.begin(), nodes.end(), index) == nodes.end()) {
        nodes.push_back(index);
      }
    }
  }
  return nodes;
}

// Which release brought what a lab file may ask for.
struct Need {
  std::string_view key;
  bool (*asked)(const GuestConfig& guest);
  Release since;
  std::string_view what;
};

// SR-IOV, virtual fibre channel and Hyper-V Replica: 2012; generation 2, shared VHDX and extended
// replication: 2012 R2; the rest: 2016. Microsoft's lists of what is new in each release.
constexpr std::array kNeeds{
    Need{"generation", [](const GuestConfig& g) { return g.hardware.generation == 2; }, Release::w2012r2,
         "machines of generation 2"},
    Need{"sr_iov", [](const GuestConfig& g) { return g.hardware.virtual_function; }, Release::w2012,
         "SR-IOV"},
    Need{"fibre_channel", [](const GuestConfig& g) { return g.hardware.fibre_channel_ports > 0; },
         Release::w2012, "virtual fibre channel"},
    Need{"assigned_devices", [](const GuestConfig& g) { return g.hardware.assigned_devices > 0; },
         Release::w2016, "assigned devices"},
    Need{"tpm", [](const GuestConfig& g) { return g.hardware.tpm; }, Release::w2016, "virtual TPMs"},
    Need{"replication", [](const GuestConfig& g) { return g.hardware.replication != Replication::none; },
         Release::w2012, "replication"},
    Need{"replication",
         [](const GuestConfig& g) { return g.hardware.replication == Replication::extended_replica; },
         Release::w2012r2, "extended replication"},
    Need{"checkpoints", [](const GuestConfig& g) { return g.checkpoints.production; }, Release::w2016,
         "production checkpoints"},
    Need{"disks", [](const GuestConfig& g) { return any_disk(g, Sharing::shared_file); }, Release::w2012r2,
         "shared VHDX files"},
    Need{"disks", [](const GuestConfig& g) { return any_disk(g, Sharing::disk_set); }, Release::w2016,
         "VHD sets"},
};

// What cannot be together, whatever the release. Virtual TPMs (7.0) and production checkpoints (6.2) need a
// configuration version that 2016 brought: Microsoft's table of features by configuration version.
struct Conflict {
  std::string_view key;
  bool (*holds)(const GuestConfig& guest);
  std::string_view why;
};

constexpr std::array kConflicts{
    Conflict{"tpm", [](const GuestConfig& g) { return g.hardware.tpm && g.hardware.generation != 2; },
             "a virtual TPM needs 'generation: 2'"},
    Conflict{"tpm", [](const GuestConfig& g) { return g.hardware.shielded && !g.hardware.tpm; },
             "a shielded machine has a virtual TPM"},
    Conflict{"configuration",
             [](const GuestConfig& g) {
               return g.hardware.tpm && g.configuration && *g.configuration < Release::w2016;
             },
             "a virtual TPM needs a configuration of 2016 or later"},
    Conflict{"configuration",
             [](const GuestConfig& g) {
               return g.checkpoints.production && g.configuration && *g.configuration < Release::w2016;
             },
             "production checkpoints need a configuration of 2016 or later"},
    Conflict{"release",
             [](const GuestConfig& g) { return g.hardware.generation == 2 && g.release < Release::w2012; },
             "a machine of generation 2 runs releases from 2012 on"},
    Conflict{"disks",
             [](const GuestConfig& g) {
               return g.hardware.generation == 2 &&
                      std::any_of(g.disks.begin(), g.disks.end(),
                                  [](const DiskConfig& disk) { return disk.bus == Bus::ide; });
             },
             "a machine of generation 2 has no IDE"},
    Conflict{"iso",
             [](const GuestConfig& g) {
               constexpr std::ptrdiff_t kPlaces = 3; // beside the system disk's
               return g.disc != DiscPlace::none && g.hardware.generation == 1 &&
                      std::count_if(g.disks.begin(), g.disks.end(),
                                    [](const DiskConfig& disk) { return disk.bus == Bus::ide; }) >= kPlaces;
             },
             "its disks leave no place on IDE for a DVD drive"},
    Conflict{"checkpoints",
             [](const GuestConfig& g) { return g.checkpoints.count > 0 && any_pass_through(g); },
             "a machine with a pass-through disk cannot be checkpointed"},
    Conflict{
        "checkpoints",
        [](const GuestConfig& g) { return g.checkpoints.count > 0 && any_disk(g, Sharing::shared_file); },
        "a machine with a shared VHDX cannot be checkpointed; a VHD set can"},
    Conflict{"replication",
             [](const GuestConfig& g) {
               return g.hardware.replication != Replication::none && any_disk(g, Sharing::shared_file);
             },
             "a machine with a shared VHDX cannot be replicated; a VHD set can"},
};

// At the key, or at the guest where something else implies it.
void say_at(const yaml::Node& entry, std::string_view key, std::string why) {
  const yaml::Node at = entry.key(key);
  (at.defined() ? at : entry).error(std::move(why));
}

} // namespace

void read_hardware(const yaml::Node& entry, GuestConfig& guest) {
  Hardware& has = guest.hardware;
  has.generation = static_cast<std::uint32_t>(entry.key("generation").whole(1, 2, 1));
  has.virtual_function = entry.key("sr_iov").flag(false);
  has.fibre_channel_ports =
      static_cast<std::uint32_t>(entry.key("fibre_channel").whole(0, kFibreChannelPortsMax, 0));
  has.assigned_devices =
      static_cast<std::uint32_t>(entry.key("assigned_devices").whole(0, kAssignedDevicesMax, 0));
  has.shielded = entry.key("shielded").flag(false);
  has.tpm = entry.key("tpm").flag(has.shielded);
  has.replication = static_cast<Replication>(
      entry.key("replication").choice({"none", "primary", "replica", "test-replica", "extended-replica"}, 0));
  guest.disc =
      static_cast<DiscPlace>(entry.key("iso").choice({"none", "local", "cluster-volume", "share"}, 0));
  read_checkpoints(entry.key("checkpoints"), guest.checkpoints);
}

void read_role(const yaml::Node& entry, const HostGroups& groups, const SimulatedConfig& config,
               GuestConfig& guest) {
  for (const std::string_view key : {"possible_owners", "preferred_owners", "anti_affinity"}) {
    if (const yaml::Node node = entry.key(key); node.defined() && !guest.clustered) {
      node.error("only the group of a clustered guest has it");
      return;
    }
  }
  guest.role.possible_owners = read_nodes(entry.key("possible_owners"), groups, config);
  guest.role.preferred_owners = read_nodes(entry.key("preferred_owners"), groups, config);
  for (const yaml::Node& name : entry.key("anti_affinity").list()) {
    guest.role.anti_affinity.push_back(name.text());
    const std::string& text = guest.role.anti_affinity.back();
    if (text.empty() || text.size() > kNameMax || guest.role.anti_affinity.size() > kClassNamesMax) {
      name.error(fmt::format("up to {} class names of 1 to {} characters", kClassNamesMax, kNameMax));
      break;
    }
  }
}

bool possible_owner(const Role& role, std::size_t host) {
  const auto& owners = role.possible_owners;
  return owners.empty() || std::find(owners.begin(), owners.end(), host) != owners.end();
}

void check_hardware(const yaml::Node& entry, const GuestConfig& guest, const HostConfig& host) {
  for (const Need& need : kNeeds) {
    if (need.asked(guest) && host.release < need.since) {
      say_at(entry, need.key,
             fmt::format("{} ({}) does not have {} yet: that came with {}", host.name,
                         facts_of(host.release).key, need.what, facts_of(need.since).key));
    }
  }
  for (const Conflict& conflict : kConflicts) {
    if (conflict.holds(guest)) {
      say_at(entry, conflict.key, std::string(conflict.why));
    }
  }
  if (guest.disc == DiscPlace::cluster_volume && !host.clustered) {
    entry.key("iso").error(fmt::format("{} is no node, so it reaches no volume of the cluster", host.name));
  }
}

} // namespace migstorm::lab
