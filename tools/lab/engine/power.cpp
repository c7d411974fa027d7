// Boots of guests, and hosts that go down and come back.
#include "tools/lab/engine/world.hpp"

#include <algorithm>

namespace migstorm::lab {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Span kLoadDelay = seconds(3); // from the services' answering to the load's first write

} // namespace

// Power-on and reset alike.
void World::boot(GuestIndex index) {
  Guest& guest = guests[index];
  GuestInside& inside = guest_inside[index];
  ++inside.life;
  ++guest.boots;
  guest.crashed.reset();
  guest.power = Power::running;
  guest.powered = guest.booted = guest.state_changed = now;
  guest.ready = now + draw(power_random_, config.crash.reboot);
  guest.flaps_until = Instant{};
  agenda_.plan(guest.ready, DueKind::boot_done, index, inside.life);
}

void World::reset_by_guest(GuestIndex index) {
  const Guest& guest = guests[index];
  log_host(guest.host, Event::guest_reset, {guest.name, guest.id});
  note({"reset", guest.id});
  if (const auto& crash = guest_inside[index].crash) {
    ledger_crashes[crash->number].reset = now;
  }
  boot(index);
}

// By somebody who is logged on there.
void World::restart(GuestIndex index) {
  stop_load(index);
  guest_inside[index].log.write(now, Event::log_stopped, {});
  reset_by_guest(index);
}

void World::power_on(GuestIndex index) {
  Guest& guest = guests[index];
  guest.worker_process = host_inside[guest.host].last_process += 4;
  log_host(guest.host, Event::guest_started, {guest.name, guest.id});
  note({"on", guest.id, hosts[guest.host].name});
  boot(index);
}

// As its owner wanted it, so nothing starts it again.
void World::turn_off(GuestIndex index) {
  const Guest& guest = guests[index];
  guest_inside[index].wanted = false;
  log_host(guest.host, Event::guest_turned_off, {guest.name, guest.id});
  cut_power(index);
}

void World::reset_by_host(GuestIndex index) {
  const Guest& guest = guests[index];
  stop_load(index);
  guest_inside[index].cut = now;
  log_host(guest.host, Event::guest_reset_by_host, {guest.name, guest.id});
  note({"reset-by-host", guest.id});
  boot(index);
}

void World::cut_power(GuestIndex index) {
  Guest& guest = guests[index];
  GuestInside& inside = guest_inside[index];
  if (guest.power == Power::off) {
    return;
  }
  stop_load(index);
  ++inside.life;
  guest.power = Power::off;
  guest.worker_process = 0;
  guest.state_changed = now;
  guest.crashed.reset();
  if (!inside.cut) {
    inside.cut = now;
  }
  note({"off", guest.id});
}

void World::boot_done(GuestIndex index) {
  GuestInside& inside = guest_inside[index];
  if (inside.cut) {
    write_boot_story(index);
  }
  if (config.guests[index].load_rate > 0) {
    agenda_.plan(now + kLoadDelay, DueKind::load_start, index, inside.life);
  }
}

// One host at a time, so that the others can take its guests.
void World::host_down_chance() {
  agenda_.plan(now + minutes(10), DueKind::host_down_chance, 0);
  const bool others_up = std::all_of(hosts.begin(), hosts.end(), [](const Host& host) { return host.up; });
  if (faults.fires(Fault::host_down) && others_up && hosts.size() > 1) {
    host_down(static_cast<HostIndex>(faults.random().below(hosts.size())));
  }
}

void World::host_down(HostIndex index) {
  Host& host = hosts[index];
  host.up = false;
  note({"host-down", host.name});
  if (host.clustered) {
    trouble_began("node " + host.name + " down");
  }
  end_moves_of_dead(index);
  HostInside& inside = host_inside[index];
  drop_tasks(index);
  while (!inside.jobs.empty()) {
    drop_job(index, inside.jobs.begin()->first);
  }
  for (const GuestIndex guest : inside.guests) {
    cut_power(guest);
    if (guests[guest].clustered && guest_inside[guest].wanted) {
      agenda_.plan(now + draw(power_random_, {seconds(20), seconds(60)}), DueKind::failover, guest,
                   guest_inside[guest].life);
    }
  }
  for (const HostIndex node : cluster.nodes) {
    if (host.clustered && hosts[node].up) {
      log_host(node, Event::node_removed, {host.name});
    }
  }
  agenda_.plan(now + draw(power_random_, {minutes(2), minutes(6)}), DueKind::host_up, index);
}

void World::host_up(HostIndex index) {
  Host& host = hosts[index];
  host.up = true;
  host.booted = now;
  ++host.boots;
  note({"host-up", host.name});
  trouble_ended("node " + host.name + " down");
  log_host(index, Event::unclean_start, {"0", "0x0", "0x0", "0x0", "0x0", "false", "0", "0"});
  log_host(index, Event::log_started, {});
  const std::vector<GuestIndex> here = host_inside[index].guests;
  for (const GuestIndex guest : here) {
    if (!guests[guest].clustered && guest_inside[guest].wanted) {
      power_on(guest);
    }
  }
  start_queued();
}

void World::failover(GuestIndex index) {
  const auto node = failover_node(index);
  if (!node) {
    agenda_.plan(now + seconds(30), DueKind::failover, index, guest_inside[index].life);
    return;
  }
  put_on(index, *node);
  power_on(index);
}

} // namespace migstorm::lab
