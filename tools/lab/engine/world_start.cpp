// The cluster as it is when the lab begins.
#include "tools/lab/engine/digest.hpp"
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::lab {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kSystemDisk = 40ull << 30;
constexpr std::size_t kVolumesMax = 4;

// The services of a guest are the host's, installed from its disc, until guests bring their own with 2016.
std::string_view components_for(Release guest, Release host) {
  return facts_of(guest >= Release::w2016 ? guest : std::max(guest, host)).integration_services;
}

// Deals out the places on a guest's controllers.
class Places {
public:
  explicit Places(Guest& guest) : guest_(guest) {}

  Place next(Bus bus) {
    if (bus == Bus::ide) {
      const std::uint32_t number = ide_++;
      return {bus, number / kIdeSlots, number % kIdeSlots};
    }
    const std::uint32_t number = scsi_++;
    guest_.scsi_controllers = number / kScsiSlots + 1;
    return {bus, number / kScsiSlots, number % kScsiSlots};
  }

  Disk put(Disk disk) {
    const Place place = next(disk.bus);
    disk.controller = place.controller;
    disk.slot = place.slot;
    return disk;
  }

private:
  Guest& guest_;
  std::uint32_t ide_ = 0;
  std::uint32_t scsi_ = 0;
};

std::string folder_of(const Guest& guest, const Disk& disk, const std::string& volume) {
  return (guest.clustered ? volume : disk.shared ? R"(\\LAB-FS\vms)" : R"(D:\Hyper-V)") + "\\";
}

std::string path_in(const std::string& folder, std::string_view name, const Disk& disk) {
  const std::string_view extension = disk.sharing == Sharing::disk_set ? "vhds"
                                     : disk.format == VhdFormat::vhd   ? "vhd"
                                                                       : "vhdx";
  return fmt::format("{}\\{}.{}", folder, name, extension);
}

// From now on it is the differences that are written to: "data1.vhdx" stays, "data1_GUID.avhdx" grows.
void put_differences_over(Disk& disk, const Checkpoint& checkpoint) {
  const std::string& base = disk.chain.empty() ? disk.path : disk.chain.front();
  const std::size_t dot = base.rfind('.');
  std::string over =
      fmt::format("{}_{}.a{}", base.substr(0, dot), checkpoint.id, std::string_view(base).substr(dot + 1));
  disk.chain.push_back(std::exchange(disk.path, std::move(over)));
  disk.type = VhdType::dynamic;
  disk.file_size_empty = empty_size(disk);
}

Disk make_disk(const DiskConfig& from) {
  Disk disk;
  disk.bus = from.bus;
  disk.type = from.type;
  disk.format = from.format;
  disk.size_max = from.size;
  disk.shared = from.shared;
  disk.sharing = from.sharing;
  disk.file_size_empty = empty_size(disk);
  return disk;
}

} // namespace

World::World(const SimulatedConfig& from, CivilTime epoch_, std::uint64_t seed, Ledger ledger_)
    : config(from), epoch(epoch_), ledger(std::move(ledger_)), faults(from, seed),
      moves_random_(seed, "lab.moves"), crash_random_(seed, "lab.crash"), power_random_(seed, "lab.power"),
      id_random_(seed, "lab.ids"), foreign_random_(seed, "lab.foreign"), task_random_(seed, "lab.tasks") {
  for (const HostConfig& host : config.hosts) {
    add_host(host);
  }
  add_cluster();
  for (const GuestConfig& guest : config.guests) {
    add_guest(guest);
  }
  arm_foreign(seed);
  if (faults.active(Fault::host_down)) {
    agenda_.plan(now + minutes(10), DueKind::host_down_chance, 0);
  }
}

void World::add_host(const HostConfig& from) {
  Host host;
  host.name = from.name;
  host.fqdn = lower(from.name) + ".lab.test";
  host.address = host_address(hosts.size());
  host.release = from.release;
  host.clustered = from.clustered;
  host.migrations_max = from.migrations_max;
  host.clock = from.clock;
  host.winrm = from.winrm;
  host.authentication_type = from.kerberos ? 1 : 0;
  host.hotfixes = from.hotfixes;
  host.booted = -draw(power_random_, {hours(24), hours(24 * 40)});
  for (const std::string& name : {host.name, host.fqdn, host.address}) {
    host_names.emplace(lower(name), hosts.size());
  }
  hosts.push_back(std::move(host));
  host_inside.emplace_back();
}

void World::add_cluster() {
  cluster.name = config.cluster_name;
  Random ids(digest_of(cluster.name), "lab.cluster");
  cluster.id = draw_guid(ids);
  bool overrides = true;
  for (HostIndex host = 0; host < hosts.size(); ++host) {
    if (hosts[host].clustered) {
      cluster.nodes.push_back(host);
      overrides = overrides && hosts[host].release >= Release::w2022;
    }
  }
  if (overrides && !cluster.nodes.empty()) {
    cluster.parallel_migrations = config.parallel_migrations;
    if (!cluster.parallel_migrations && hosts[cluster.nodes.front()].release == Release::azure_local) {
      cluster.parallel_migrations = 1; // what the property is expected to say there
    }
  }
  cluster.resource_control = config.resource_control;
  for (std::size_t i = 0; i < std::min(kVolumesMax, cluster.nodes.size()); ++i) {
    Csv volume;
    volume.name = fmt::format("Cluster Disk {}", i + 1);
    volume.path = fmt::format("C:\\ClusterStorage\\Volume{}", i + 1);
    volume.volume_name = fmt::format(R"(\\?\Volume{{{}}}\)", lower(draw_guid(ids)));
    volume.owner = cluster.nodes[i];
    volume.size = config.volume_size;
    cluster.volumes.push_back(std::move(volume));
  }
}

// A machine that was made on the oldest node of its cluster; a rolling upgrade leaves it as it was.
Release World::first_configuration(const GuestConfig& from) const {
  Release oldest = hosts[from.host].release;
  for (const HostIndex node : cluster.nodes) {
    oldest = from.clustered ? std::min(oldest, hosts[node].release) : oldest;
  }
  return oldest;
}

void World::add_guest(const GuestConfig& from) {
  const auto index = static_cast<GuestIndex>(guests.size());
  Guest guest;
  Random ids(digest_of(from.name), "lab.guest"); // the same under every seed: lab files may name it
  guest.id = draw_guid(ids);
  guest.name = from.name;
  guest.notes = from.notes;
  guest.release = from.release;
  guest.configuration = from.configuration.value_or(first_configuration(from));
  guest.clustered = from.clustered;
  guest.hardware = from.hardware;
  guest.role = from.role;
  guest.dumps = from.dumps;
  guest.winrm = from.winrm;
  guest.clock = from.clock;
  guest.host = static_cast<HostIndex>(from.host);
  guest.hotfixes = from.hotfixes;
  guest.integration_services = from.integration_services.empty()
                                   ? std::string(components_for(from.release, hosts[guest.host].release))
                                   : from.integration_services;
  add_disks(guest, from);
  add_hardware(guest, from);
  guest.created = -draw(power_random_, {hours(24 * 41), hours(24 * 300)});
  const Instant powered = -draw(power_random_, {hours(1), hours(20)});
  guest.powered = guest.booted = guest.state_changed = powered;
  guest.ready = powered + minutes(2);
  guest.power = from.running ? Power::running : Power::off;
  guest.worker_process = from.running ? (host_inside[guest.host].last_process += 4) : 0;
  guest_ids.emplace(lower(guest.id), index);
  guest_names.emplace(lower(guest.name), index);
  guests.push_back(std::move(guest));
  guest_inside.emplace_back().wanted = from.running;
  put_on(index, static_cast<HostIndex>(from.host));
  if (from.running && from.load_rate > 0) {
    agenda_.plan(now, DueKind::load_start, index);
  }
}

void World::add_disks(Guest& guest, const GuestConfig& from) const {
  const bool shared =
      std::all_of(from.disks.begin(), from.disks.end(), [](const DiskConfig& d) { return d.shared; });
  const bool old = from.hardware.generation == 1;
  Places places(guest);
  Disk system = make_disk({old ? Bus::ide : Bus::scsi, VhdType::fixed, old ? VhdFormat::vhd : VhdFormat::vhdx,
                           kSystemDisk, shared});
  system.system = true;
  const std::string own_volume = volume_of(guests.size());
  system.path = path_in(folder_of(guest, system, own_volume) + guest.name, "system", system);
  guest.disks.push_back(places.put(std::move(system)));
  for (std::size_t i = 0; i < from.disks.size(); ++i) {
    const DiskConfig& data = from.disks[i];
    if (data.pass_through) {
      guest.hardware.pass_through.push_back(places.next(data.bus));
      continue;
    }
    Disk disk = make_disk(data);
    const bool own = disk.sharing == Sharing::own;
    disk.load_rate = own ? from.load_rate : 0;
    // The volume of what an entry's guests share is the same for all of them.
    const std::string folder = folder_of(guest, disk, own ? own_volume : volume_of(digest_of(from.entry))) +
                               (own ? guest.name : from.entry + "-shared");
    disk.path = path_in(folder, fmt::format("data{}", i + 1), disk);
    guest.disks.push_back(places.put(std::move(disk)));
  }
  if (from.disc != DiscPlace::none) {
    guest.hardware.disc_drive = places.next(old ? Bus::ide : Bus::scsi);
  }
}

std::string World::volume_of(std::size_t number) const {
  return cluster.volumes.empty() ? std::string() : cluster.volumes[number % cluster.volumes.size()].path;
}

void World::add_hardware(Guest& guest, const GuestConfig& from) const {
  if (from.disc == DiscPlace::local) {
    guest.hardware.disc = R"(D:\ISO\setup.iso)";
  } else if (from.disc == DiscPlace::share) {
    guest.hardware.disc = R"(\\LAB-FS\iso\setup.iso)";
  } else if (from.disc == DiscPlace::cluster_volume) {
    guest.hardware.disc = volume_of(0) + R"(\ISO\setup.iso)";
  }
  for (std::uint32_t i = 0; i < from.checkpoints.count; ++i) {
    const auto age = hours(24 * (from.checkpoints.count - i)); // one a day
    guest.checkpoints.push_back(make_checkpoint(guest, from.checkpoints.production, -Span(age)));
    for (Disk& disk : guest.disks) {
      // A set keeps its checkpoints to itself.
      if (disk.sharing == Sharing::own) {
        put_differences_over(disk, guest.checkpoints.back());
      }
    }
  }
}

bool can_be_checkpointed(const Guest& guest) {
  return guest.hardware.pass_through.empty() &&
         std::none_of(guest.disks.begin(), guest.disks.end(),
                      [](const Disk& disk) { return disk.sharing == Sharing::shared_file; });
}

// The same under every seed, as the machine's own.
Checkpoint World::make_checkpoint(const Guest& guest, bool production, Instant created) {
  Random ids(digest_of(fmt::format("{} {} {}", guest.id, guest.checkpoints.size(), created.count())),
             "lab.checkpoint");
  return {draw_guid(ids), production, created};
}

} // namespace migstorm::lab
