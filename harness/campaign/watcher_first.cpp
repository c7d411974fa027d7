#include "harness/campaign/watcher.hpp"
#include "harness/scenario/glob.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

bool has_heartbeat(const hyperv::GuestFacts& facts) {
  const auto& components = facts.integration_components;
  return std::find(components.begin(), components.end(), "Msvm_HeartbeatComponent") != components.end();
}

} // namespace

Watcher::Watcher(Core& core)
    : core_(core), cursors_(core.hosts.size()), missed_events_(core.hosts.size()),
      first_logs_(core.guests.size()) {
  reach_.heartbeat.resize(core.guests.size());
  reach_.host_events.resize(core.hosts.size());
  reach_.guest_log.resize(core.guests.size());
  reach_.console.assign(core.hosts.size(), 1);
  for (const hyperv::GuestFacts& facts : core.input.guests) {
    if (const auto guest = core.guests.find(facts.id)) {
      reach_.heartbeat[*guest] = has_heartbeat(facts) ? 1 : 0;
    }
  }
}

Task<Unit> Watcher::prepare() {
  Runtime& runtime = core_.runtime;
  log_since_ = runtime.civil_now() - kLookBack;
  co_await read_clocks();
  Scope scope(runtime);
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    cursors_[host].since = core_.clocks.theirs(core_.hosts.name(host), log_since_);
    scope.spawn(first_events(host));
    scope.spawn(first_picture(host));
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (can_be_asked(guest)) {
      scope.spawn(first_log(guest));
      scope.spawn(first_software(guest));
    }
  }
  co_await scope.join();

  core_.detectors.emplace(core_.guests, reach_, core_.input.lab, runtime.now());
  core_.watch.emplace(core_.detectors->watched(core_.guests), core_.crashes);
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    core_.watch->log_baseline(guest, first_logs_[guest]);
    if (core_.guests[guest].moving) {
      core_.watch->move_began(guest); // re-attached
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
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    take_events(host, missed_events_[host]);
  }
  missed_events_.clear();
  first_logs_.clear();
  co_return Unit{};
}

// What the log holds already is older than a new run. A resumed one reads it: something may have happened
// meanwhile.
Task<Unit> Watcher::first_events(HostId host) {
  const Watcher::Events events =
      co_await core_.cluster.host_events(core_.hosts.name(host), cursors_[host].since, 0);
  const bool unreadable =
      !events && (events.error().code == Errc::unsupported || events.error().code == Errc::not_found);
  reach_.host_events[host] = unreadable ? 0 : 1;
  if (unreadable) {
    core_.note("no-host-events", core_.hosts.name(host), events.error().detail);
  }
  if (!events) {
    co_return Unit{};
  }
  for (const hyperv::HostEvent& event : *events) {
    cursors_[host].record = std::max(cursors_[host].record, event.record);
  }
  if (core_.input.resumed) {
    missed_events_[host] = *events;
  }
  co_return Unit{};
}

Task<Unit> Watcher::first_log(std::uint32_t guest) {
  const std::string name = core_.guests[guest].name;
  const Result<std::vector<hyperv::Bugcheck>> records =
      co_await core_.cluster.bugchecks(name, core_.clocks.theirs(name, log_since_));
  if (!records && (records.error().code == Errc::unsupported || records.error().code == Errc::denied)) {
    core_.note("no-guest-log", name, records.error().detail);
    co_return Unit{};
  }
  reach_.guest_log[guest] = 1;
  if (records && !core_.input.resumed) {
    first_logs_[guest] = *records;
  }
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

bool Watcher::can_be_asked(std::uint32_t guest) const {
  const auto& known = core_.input.lab.guests;
  const std::string& name = core_.guests[guest].name;
  return std::any_of(known.begin(), known.end(),
                     [&](const Endpoint& each) { return equal_without_case(each.name, name); });
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
    if (can_be_asked(guest)) {
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
