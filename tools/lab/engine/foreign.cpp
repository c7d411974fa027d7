// What others do on the cluster beside the harness: people, the cluster's own load balancing, backups. Drawn
// once a minute by the seed; nothing of it is a command of the ledger, it follows from the seed and the
// clock.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::lab {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kPerMinute = 0.15;
constexpr Span kTick = minutes(1);
constexpr int kTries = 16; // to find a guest that fits

// Msvm_ComputerSystem.OperationalStatus[1].
constexpr std::uint16_t kCreatingSnapshot = 32768;
constexpr std::uint16_t kMergingDisks = 32772;
constexpr std::uint16_t kMigrating = 32774;

constexpr std::uint32_t kRedirected = 1; // MSCluster_ClusterSharedVolume.FaultState
constexpr std::uint32_t kNoAccess = 2;

} // namespace

void World::arm_foreign(std::uint64_t seed) {
  Random draw(seed, "lab.foreign.active");
  bool any = false;
  for (std::size_t i = 0; i < kForeign; ++i) {
    const FaultConfig& event = config.foreign[i];
    const bool drawn = draw.chance(kActivePerRun); // always drawn: arming one does not change the others
    if (event.armed && (drawn || event.certain)) {
      foreign_[i] = event.probability > 0 ? event.probability : kPerMinute;
      any = true;
    }
  }
  if (any) {
    agenda_.plan(now + kTick, DueKind::foreign_chance, 0);
  }
}

void World::foreign_chance() {
  agenda_.plan(now + kTick, DueKind::foreign_chance, 0);
  for (std::size_t i = 0; i < kForeign; ++i) {
    if (foreign_[i] > 0 && foreign_random_.chance(foreign_[i])) {
      foreign_event(static_cast<Foreign>(i));
    }
  }
}

bool World::happen_foreign(const Due& due) {
  const auto index = static_cast<std::uint32_t>(due.subject);
  switch (due.kind) {
  case DueKind::foreign_chance:
    foreign_chance();
    return true;
  case DueKind::node_resumed:
    hosts[index].paused = false;
    note({"node-resumed", hosts[index].name});
    return true;
  case DueKind::volume_well:
    cluster.volumes[index].fault_state = 0;
    trouble_ended("volume " + cluster.volumes[index].path);
    note({"volume-well", cluster.volumes[index].path});
    return true;
  case DueKind::backup_done:
    cluster.volumes[index].backup = false;
    return true;
  case DueKind::checkpoint_merged:
    if (!guests[index].gone && !guests[index].checkpoints.empty()) {
      guests[index].checkpoints.pop_back();
      occupy(index, kMergingDisks, draw(foreign_random_, {seconds(5), seconds(40)}));
    }
    return true;
  case DueKind::guest_started_again:
    if (!guests[index].gone && guests[index].power == Power::off) {
      guest_inside[index].wanted = true;
      power_on(index);
    }
    return true;
  default:
    return false;
  }
}

std::optional<GuestIndex> World::any_guest(bool clustered_only) {
  for (int i = 0; i < kTries && !guests.empty(); ++i) {
    const auto index = static_cast<GuestIndex>(foreign_random_.below(guests.size()));
    const Guest& guest = guests[index];
    const bool idle = !guest.gone && guest.power == Power::running && hosts[guest.host].up && !busy(index) &&
                      guest_inside[index].move == 0;
    if (idle && (guest.clustered || !clustered_only)) {
      return index;
    }
  }
  return std::nullopt;
}

void World::foreign_event(Foreign event) {
  const auto guest = any_guest(event == Foreign::load_balance);
  switch (event) {
  case Foreign::drain:
    if (cluster.nodes.size() > 1) {
      drain(cluster.nodes[foreign_random_.below(cluster.nodes.size())]);
    }
    return;
  case Foreign::backup:
    return cluster.volumes.empty() ? void() : backup();
  case Foreign::redirect:
  case Foreign::pause_volume:
    return cluster.volumes.empty() ? void() : trouble_volume(event == Foreign::redirect);
  default:
    if (guest) {
      guest_event(event, *guest);
    }
  }
}

void World::guest_event(Foreign event, GuestIndex guest) {
  switch (event) {
  case Foreign::load_balance: {
    const bool knows = std::all_of(cluster.nodes.begin(), cluster.nodes.end(),
                                   [&](HostIndex node) { return hosts[node].release >= Release::w2016; });
    return knows ? move_elsewhere(guest) : void();
  }
  case Foreign::move:
    return move_elsewhere(guest);
  case Foreign::checkpoint:
    return checkpoint(guest);
  case Foreign::storage_move:
    return occupy(guest, kMigrating, draw(foreign_random_, {minutes(1), minutes(3)}));
  case Foreign::rename:
    return rename_guest(guest);
  case Foreign::remove:
    return remove_guest(guest);
  case Foreign::recreate:
    return recreate_guest(guest);
  case Foreign::restart_guest:
    return restart(guest);
  default: // stop_guest
    guest_inside[guest].wanted = false;
    cut_power(guest);
    agenda_.plan(now + draw(foreign_random_, {minutes(1), minutes(4)}), DueKind::guest_started_again, guest);
  }
}

// To the host of its kind with the fewest guests, away from guests that it avoids; a refusal is theirs to
// live with.
void World::move_elsewhere(GuestIndex index) {
  const Guest& guest = guests[index];
  std::optional<HostIndex> to;
  const auto cost = [&](HostIndex host) {
    return std::pair(guest.clustered && avoids(index, host), host_inside[host].guests.size());
  };
  for (HostIndex host = 0; host < hosts.size(); ++host) {
    const bool fits = host != guest.host && hosts[host].up && !hosts[host].paused &&
                      hosts[host].clustered == guest.clustered && may_own(index, host);
    if (fits && (!to || cost(host) < cost(*to))) {
      to = host;
    }
  }
  if (!to) {
    return;
  }
  if (guest.clustered) {
    start_group_move(index, hosts[*to].name, kMoveQueueEnabled, kMigrationTypeLive, true);
  } else {
    start_migrate({index, hosts[*to].name}, true);
  }
}

void World::drain(HostIndex node) {
  const bool others = std::any_of(cluster.nodes.begin(), cluster.nodes.end(), [&](HostIndex other) {
    return other != node && hosts[other].up && !hosts[other].paused;
  });
  if (!hosts[node].up || hosts[node].paused || !others) {
    return;
  }
  hosts[node].paused = true;
  note({"node-paused", hosts[node].name});
  const std::vector<GuestIndex> here = host_inside[node].guests;
  for (const GuestIndex guest : here) {
    if (guests[guest].clustered && guest_inside[guest].move == 0) {
      move_elsewhere(guest);
    }
  }
  agenda_.plan(now + draw(foreign_random_, {minutes(3), minutes(10)}), DueKind::node_resumed, node);
}

void World::occupy(GuestIndex guest, std::uint16_t operation, Span span) {
  guests[guest].operation = operation;
  guests[guest].busy_until = std::max(guests[guest].busy_until, now + span);
}

void World::checkpoint(GuestIndex guest) {
  if (!can_be_checkpointed(guests[guest])) {
    return;
  }
  guests[guest].checkpoints.push_back(make_checkpoint(guests[guest], false, now));
  note({"checkpoint", guests[guest].id});
  occupy(guest, kCreatingSnapshot, draw(foreign_random_, {seconds(3), seconds(20)}));
  agenda_.plan(now + draw(foreign_random_, {minutes(2), minutes(6)}), DueKind::checkpoint_merged, guest);
}

void World::backup() {
  const auto index = foreign_random_.below(cluster.volumes.size());
  Csv& volume = cluster.volumes[index];
  volume.backup = true;
  note({"backup", volume.path});
  agenda_.plan(now + draw(foreign_random_, {minutes(2), minutes(5)}), DueKind::backup_done, index);
  for (GuestIndex guest = 0; guest < guests.size(); ++guest) {
    const bool there =
        std::any_of(guests[guest].disks.begin(), guests[guest].disks.end(),
                    [&](const Disk& disk) { return disk.path.starts_with(volume.path + '\\'); });
    if (there && !guests[guest].gone && !busy(guest) && guest_inside[guest].move == 0 &&
        guests[guest].power == Power::running) {
      checkpoint(guest);
    }
  }
}

void World::trouble_volume(bool redirected) {
  const std::uint32_t fault_state = redirected ? kRedirected : kNoAccess;
  const Span span = redirected ? draw(foreign_random_, {minutes(1), minutes(4)})
                               : draw(foreign_random_, {seconds(20), seconds(60)});
  const auto index = foreign_random_.below(cluster.volumes.size());
  Csv& volume = cluster.volumes[index];
  if (volume.fault_state != 0) {
    return;
  }
  volume.fault_state = fault_state;
  trouble_began("volume " + volume.path);
  note({"volume", volume.path, std::to_string(fault_state)});
  for (const HostIndex node : cluster.nodes) {
    if (fault_state == kNoAccess && hosts[node].up) {
      log_host(node, Event::volume_paused, {volume.path, volume.name, "STATUS_IO_TIMEOUT(c00000b5)"});
    }
  }
  agenda_.plan(now + span, DueKind::volume_well, index);
}

void World::remove_guest(GuestIndex index) {
  Guest& guest = guests[index];
  guest_inside[index].wanted = false;
  cut_power(index);
  note({"removed", guest.id});
  ledger_troubles.push_back({now, now, "removed " + guest.id});
  auto& here = host_inside[guest.host].guests;
  here.erase(std::remove(here.begin(), here.end(), index), here.end());
  guest_ids.erase(lower(guest.id));
  guest_names.erase(lower(guest.name));
  guest.gone = true;
  guest.clustered = false;
  guest.disks.clear();
  guest.hardware = {};
  guest.role = {};
  guest.checkpoints.clear();
}

// The same name, and nothing else: no mark, no disks of the old one, no role in the cluster.
void World::recreate_guest(GuestIndex index) {
  remove_guest(index);
  Guest& guest = guests[index];
  auto& here = host_inside[guest.host].guests;
  here.insert(std::lower_bound(here.begin(), here.end(), index), index);
  guest.id = draw_guid(foreign_random_);
  guest.gone = false;
  guest.notes.clear();
  guest.created = now;
  guest_ids.emplace(lower(guest.id), index);
  guest_names.emplace(lower(guest.name), index);
  note({"created", guest.id, guest.name, hosts[guest.host].name});
  guest_inside[index].crash.reset();
  guest_inside[index].cut.reset();
  guest_inside[index].log = EventLog();
  config.guests[index].load_rate = 0;
  guest_inside[index].wanted = true;
  power_on(index);
}

// Its group keeps the name that it had.
void World::rename_guest(GuestIndex index) {
  if (guests[index].clustered) {
    return; // a role is found by the guest's name here
  }
  note({"renamed", guests[index].id});
  guest_names.erase(lower(guests[index].name));
  guests[index].name += "-renamed";
  guest_names.emplace(lower(guests[index].name), index);
}

} // namespace migstorm::lab
