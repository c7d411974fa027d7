#include "harness/campaign/watcher.hpp"

#include "harness/campaign/qualify.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::seconds;

constexpr Span kHousePeriod = seconds(5);
constexpr Span kClockPeriod = std::chrono::minutes(10);
constexpr Span kLogTick = seconds(5);
// A move whose end could not be told may still be under way: its slots stay taken for so long.
constexpr Span kDoubtHoldsSlots = std::chrono::minutes(10);

} // namespace

void Watcher::start(Scope& background) {
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    background.spawn(keep_summaries(host));
    if (core_.detectors->reads_events(host)) {
      background.spawn(keep_events(host));
    }
  }
  background.spawn(keep_logs());
  background.spawn(keep_clocks());
  if (!core_.growth.questions().empty() && measures_growth(core_.input.scenario)) {
    background.spawn(keep_disks());
  }
  background.spawn(keep_house());
  background.spawn(heed_stop());
  background.spawn(core_.follower.poll());
}

// Asks only where nobody else did within the period: what settles moves serves here as well.
Task<Unit> Watcher::keep_summaries(HostId host) {
  const Span period = core_.input.lab.polling.summary;
  while (co_await core_.idle_until(core_.summaries.last_asked(host) + period)) {
    if (core_.runtime.now() - core_.summaries.last_asked(host) >= period) {
      [[maybe_unused]] const HostWatch::Answer answer = co_await core_.summaries.fresh(host);
    }
  }
  co_return Unit{};
}

Task<Unit> Watcher::keep_events(HostId host) {
  const Span period = core_.input.lab.polling.events;
  while (co_await core_.idle_until(core_.runtime.now() + period)) {
    co_await read_events(host);
  }
  co_return Unit{};
}

Task<Unit> Watcher::read_events(HostId host) {
  const EventCursor cursor = cursors_[host];
  const Watcher::Events events =
      co_await core_.cluster.host_events(core_.hosts.name(host), cursor.since, cursor.record);
  if (!events) {
    core_.on_unanswered(host, events.error());
    co_return Unit{};
  }
  core_.detectors->events_answered(host, core_.runtime.now());
  take_events(host, *events);
  co_return Unit{};
}

void Watcher::take_events(HostId host, const std::vector<hyperv::HostEvent>& events) {
  EventCursor& cursor = cursors_[host];
  const CivilTime latest = core_.runtime.civil_now() - kLookBack;
  const std::string& name = core_.hosts.name(host);
  for (hyperv::HostEvent event : events) {
    cursor.record = std::max(cursor.record, event.record);
    // A clock that runs ahead must not hide what is still to come.
    cursor.since = std::max(cursor.since, std::min(event.time, core_.clocks.theirs(name, latest)));
    event.time = core_.clocks.ours(name, event.time);
    core_.watch->on_host_event(name, event, core_.runtime.now(), core_.runtime.epoch(), core_.findings);
    core_.canaries.on_host_event(name, event, core_.runtime.now(), core_.runtime.epoch());
  }
  core_.publish(core_.findings);
}

// Questions that a case raised, and now and then a look at the logs of all, so that a silent one is noticed.
Task<Unit> Watcher::keep_logs() {
  Scope scope(core_.runtime, 4);
  Instant round = core_.runtime.now() + kGuestLogPeriod;
  while (co_await core_.idle_until(core_.runtime.now() + kLogTick)) {
    const Instant now = core_.runtime.now();
    while (const auto guest = core_.watch->next_question(now)) {
      scope.spawn(read_log(*guest));
    }
    if (now >= round) {
      round = now + kGuestLogPeriod;
      for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
        if (core_.detectors->reads_log(guest)) {
          scope.spawn(read_log(guest));
        }
      }
    }
  }
  co_await scope.join();
  co_return Unit{};
}

Task<Unit> Watcher::read_log(std::uint32_t guest) {
  const std::string name = core_.guests[guest].name;
  Result<std::vector<hyperv::Bugcheck>> records =
      co_await core_.cluster.bugchecks(name, core_.clocks.theirs(name, log_since_));
  const Instant now = core_.runtime.now();
  if (records) {
    core_.detectors->log_answered(guest, now);
    for (hyperv::Bugcheck& record : *records) {
      record.time = core_.clocks.ours(name, record.time);
    }
    core_.watch->on_guest_log(guest, *records, now, core_.runtime.epoch(), core_.findings);
  } else {
    core_.watch->on_guest_log_failed(guest, core_.findings);
  }
  core_.publish(core_.findings);
  co_return Unit{};
}

Task<Unit> Watcher::keep_clocks() {
  const Span period = kClockPeriod; // a frame with nothing in it is laid out wrongly by GCC 12
  while (co_await core_.idle_until(core_.runtime.now() + period)) {
    co_await read_clocks();
  }
  co_return Unit{};
}

Task<Unit> Watcher::keep_disks() {
  const Span period = core_.input.lab.polling.disks;
  while (co_await core_.idle_until(core_.runtime.now() + period)) {
    co_await measure_disks();
  }
  co_return Unit{};
}

Task<Unit> Watcher::measure_disks() {
  if (!measures_growth(core_.input.scenario)) {
    co_return Unit{};
  }
  for (const Growth::Question& question : core_.growth.questions()) {
    for (const HostId host : question.hosts) {
      if (core_.health.sick(host)) {
        continue;
      }
      const Result<std::vector<hyperv::DiskSize>> sizes =
          co_await core_.cluster.disk_sizes(core_.hosts.name(host), question.paths);
      if (sizes) {
        core_.growth.measured(*sizes);
        core_.progress.written = core_.growth.total();
        core_.changed.notify_all();
      } else {
        core_.on_unanswered(host, sizes.error());
      }
      break; // the next tick asks another one if this one fell sick
    }
  }
  co_return Unit{};
}

Task<Unit> Watcher::keep_house() {
  while (co_await core_.idle_until(core_.runtime.now() + kHousePeriod)) {
    const Result<int> asked = co_await core_.journal.stop_requested();
    if (asked && *asked > 0) {
      core_.stop.request(*asked > 1 ? Stop::Level::abandon : Stop::Level::finish);
    }
    release_old_doubts();
    core_.refresh_progress();
    if (core_.dirty() && !core_.broken) {
      [[maybe_unused]] const bool kept = co_await core_.commit();
    }
    core_.changed.notify_all(); // rules that depend on time alone are looked at
  }
  co_return Unit{};
}

void Watcher::release_old_doubts() {
  for (std::uint32_t i = 0; i < core_.guests.size(); ++i) {
    auto& doubt = core_.guests[i].doubt;
    if (doubt && doubt->holds_slots && core_.runtime.now() - doubt->since >= kDoubtHoldsSlots) {
      doubt->holds_slots = false;
      core_.gate.leave(doubt->from, doubt->to);
    }
  }
}

Task<Unit> Watcher::heed_stop() {
  Stop::Level heard = core_.stop.level();
  while (!core_.closing) {
    co_await core_.stop.changed().wait();
    if (core_.stop.level() != heard) {
      heard = core_.stop.level();
      core_.note("stop-requested", "", heard == Stop::Level::abandon ? "abandon" : "finish");
      core_.follower.wake_all();
      core_.changed.notify_all();
    }
  }
  co_return Unit{};
}

Task<Unit> Watcher::look_once() {
  Scope scope(core_.runtime);
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    scope.spawn(first_summary(host));
    if (core_.detectors->reads_events(host)) {
      scope.spawn(read_events(host));
    }
  }
  co_await scope.join();
  co_return Unit{};
}

} // namespace migstorm::campaign
