#include "harness/campaign/watcher.hpp"

#include "harness/campaign/qualify.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::seconds;

constexpr Span kHousePeriod = seconds(5);
constexpr Span kClockPeriod = std::chrono::minutes(10);
// A move whose end could not be told may still be under way: its slots stay taken for so long.
constexpr Span kDoubtHoldsSlots = std::chrono::minutes(10);

} // namespace

void Watcher::start(Scope& background) {
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    background.spawn(keep_summaries(host));
  }
  events_.start(background);
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
      const Instant asked = core_.runtime.now();
      const Result<std::vector<hyperv::DiskSize>> sizes =
          co_await core_.cluster.disk_sizes(core_.hosts.name(host), question.paths);
      if (sizes) {
        take_sizes(*sizes, asked);
        core_.changed.notify_all();
      } else {
        core_.on_unanswered(host, sizes.error());
      }
      break; // the next tick asks another one if this one fell sick
    }
  }
  co_return Unit{};
}

void Watcher::take_sizes(const std::vector<hyperv::DiskSize>& sizes, Instant asked) {
  const watch::Window measured{asked, core_.runtime.now()};
  const bool open = core_.permission.given(core_.runtime.civil_now());
  for (const std::uint32_t guest : core_.growth.measured(sizes)) {
    core_.detectors->growth_answered(guest, measured.latest);
    core_.watch->on_growth(guest, core_.growth.total(guest), measured, open, core_.findings);
  }
  core_.publish(core_.findings);
  core_.progress.written = core_.growth.total();
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
  }
  events_.look_once(scope);
  co_await scope.join();
  co_return Unit{};
}

} // namespace migstorm::campaign
