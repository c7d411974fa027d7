#include "harness/campaign/watcher.hpp"
#include "harness/scenario/lab_rules.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

// Four blocks of a VHDX, the largest that a dynamic disk grows by, at the rate that the load is to have.
watch::LoadHabit load_habit(const Scenario& scenario) {
  watch::LoadHabit habit;
  if (scenario.load) {
    constexpr std::uint64_t kFourBlocks = 4 * (32ULL << 20);
    const std::uint64_t rate = std::max<std::uint64_t>(scenario.load->rate_per_disk, 1);
    habit.rests_between_moves = scenario.load->when != "always";
    habit.patience = std::max(habit.patience, Span(std::chrono::seconds(kFourBlocks / rate)));
  }
  return habit;
}

} // namespace

Watcher::Watcher(Core& core) : core_(core), events_(core) {
  reach_.heartbeat.resize(core.guests.size());
  reach_.host_events.resize(core.hosts.size());
  reach_.guest_log.resize(core.guests.size());
  reach_.load.resize(core.guests.size());
  reach_.console.assign(core.hosts.size(), 1);
  reach_.off = core.input.scenario.watch.off;
  for (const hyperv::GuestFacts& facts : core.input.guests) {
    if (const auto guest = core.guests.find(facts.id)) {
      reach_.heartbeat[*guest] = has_heartbeat(facts) ? 1 : 0;
      const bool writes = core.input.scenario.load && core.growth.has_dynamic_disk(*guest);
      reach_.load[*guest] = writes ? 1 : 0;
    }
  }
}

Task<Unit> Watcher::prepare() {
  Runtime& runtime = core_.runtime;
  co_await read_clocks();
  Scope scope(runtime);
  scope.spawn(events_.prepare(reach_));
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    scope.spawn(first_picture(host));
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (can_be_asked(core_.input.lab, core_.guests[guest].name)) {
      scope.spawn(first_software(guest));
    }
  }
  co_await scope.join();

  core_.detectors.emplace(core_.guests, reach_, core_.input.lab, runtime.now());
  core_.watch.emplace(core_.detectors->watched(core_.guests), core_.crashes,
                      load_habit(core_.input.scenario));
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (core_.guests[guest].moving) {
      core_.watch->move_began(guest, runtime.now(), core_.hosts.name(core_.guests[guest].bound_for));
    }
  }
  for (const std::string& line : core_.detectors->in_words()) {
    core_.note("detectors", "", line);
  }

  Scope looks(runtime);
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    looks.spawn(first_summary(host));
  }
  looks.spawn(measure_disks());
  co_await looks.join();
  events_.take_missed();
  co_return Unit{};
}

// For whoever has to tell one night's guests from another's.
Task<Unit> Watcher::first_software(std::uint32_t guest) {
  const std::string name = core_.guests[guest].name;
  const Result<hyperv::Software> software = co_await core_.cluster.guest_software(name);
  if (software) {
    core_.note("software", name, software_in_words(software->os_version, software->hotfixes));
  }
  co_return Unit{};
}

// Of any guest that is there; a host without one is believed until it is asked.
Task<Unit> Watcher::first_picture(HostId host) {
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (core_.guests[guest].host != host || core_.guests[guest].moving) {
      continue;
    }
    hyperv::GuestId id = core_.guests[guest].id;
    const Result<hyperv::ConsolePicture> picture =
        co_await core_.cluster.console(core_.hosts.name(host), std::move(id));
    if (!picture && picture.error().code == Errc::unsupported) {
      reach_.console[host] = 0;
      core_.note("no-console", core_.hosts.name(host), picture.error().detail);
    }
    break;
  }
  co_return Unit{};
}

Task<Unit> Watcher::read_host_clock(HostId host) {
  const std::string name = core_.hosts.name(host);
  const Result<hyperv::ClockReading> clock = co_await core_.cluster.host_clock(name);
  if (clock && core_.clocks.take(name, *clock)) {
    core_.note("clock", name, in_words(*clock));
  }
  co_return Unit{};
}

Task<Unit> Watcher::read_guest_clock(std::uint32_t guest) {
  const std::string name = core_.guests[guest].name;
  const Result<hyperv::ClockReading> clock = co_await core_.cluster.guest_clock(name);
  if (clock && core_.clocks.take(name, *clock)) {
    core_.note("clock", name, in_words(*clock));
  }
  co_return Unit{};
}

Task<Unit> Watcher::read_clocks() {
  Scope scope(core_.runtime);
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    scope.spawn(read_host_clock(host));
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (can_be_asked(core_.input.lab, core_.guests[guest].name)) {
      scope.spawn(read_guest_clock(guest));
    }
  }
  co_await scope.join();
  co_return Unit{};
}

Task<Unit> Watcher::first_summary(HostId host) {
  [[maybe_unused]] const HostWatch::Answer answer = co_await core_.summaries.fresh(host);
  co_return Unit{};
}

} // namespace migstorm::campaign
