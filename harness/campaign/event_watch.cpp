#include "harness/campaign/event_watch.hpp"

#include "harness/scenario/lab_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

using hyperv::EventLog;

constexpr Span kEventTick = std::chrono::seconds(5);
constexpr Span kTurn = std::chrono::milliseconds(200); // until the question before was answered
constexpr std::size_t kGuestsAtOnce = 32;
constexpr Span kClockTolerance = std::chrono::seconds(10);

std::string in_words(bool subscribed, const std::vector<EventLog>& unread) {
  std::string text = subscribed ? "by subscription" : "by query";
  for (std::size_t i = 0; i < unread.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "; not read: " : ", ", to_string(unread[i]));
  }
  return text;
}

} // namespace

EventWatch::EventWatch(Core& core)
    : core_(core), missed_hosts_(core.hosts.size()), missed_guests_(core.guests.size()) {}

// A resumed run goes on where it was; what an older journal does not tell is read from before it ended.
EventWatch::Source EventWatch::source_for(const std::string& machine,
                                          std::initializer_list<EventLog> logs) const {
  CivilTime since = core_.runtime.civil_now() - kLookBack;
  Source source;
  source.name = machine;
  if (const auto& resumed = core_.input.resumed) {
    since = std::min(since, core_.runtime.epoch() + resumed->last - kLookBack);
    const auto known = std::find_if(resumed->marks.begin(), resumed->marks.end(),
                                    [&](const MachineMarks& each) { return each.machine == machine; });
    source.marks = known == resumed->marks.end() ? std::vector<hyperv::EventMark>() : known->marks;
  }
  for (const EventLog log : logs) {
    const bool marked = std::any_of(source.marks.begin(), source.marks.end(),
                                    [log](const hyperv::EventMark& mark) { return mark.log == log; });
    if (!marked) {
      hyperv::EventMark mark;
      mark.log = log;
      mark.time = core_.clocks.theirs(machine, since);
      source.marks.push_back(mark);
    }
  }
  return source;
}

Task<Unit> EventWatch::prepare(DetectorReach& reach) {
  if (!core_.input.resumed) { // a machine that could not be asked at first tells of earlier ones later
    not_before_ = core_.runtime.civil_now() - kClockTolerance;
  }
  Scope scope(core_.runtime);
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    hosts_.push_back(
        source_for(core_.hosts.name(host), {EventLog::worker, EventLog::vmms, EventLog::high_availability,
                                            EventLog::integration, EventLog::system}));
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    guests_.push_back(source_for(core_.guests[guest].name, {EventLog::system}));
  }
  const auto& off = core_.input.scenario.watch.off;
  const bool reads_hosts = std::find(off.begin(), off.end(), DetectorKind::host_events) == off.end();
  for (HostId host = 0; host < core_.hosts.size() && reads_hosts; ++host) {
    scope.spawn(first_host(host, reach));
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (can_be_asked(core_.input.lab, core_.guests[guest].name)) {
      scope.spawn(first_guest(guest, reach));
    }
  }
  co_await scope.join();
  co_return Unit{};
}

Task<Unit> EventWatch::first_host(HostId host, DetectorReach& reach) {
  Source& source = hosts_[host];
  std::vector<hyperv::EventMark> marks = source.marks;
  Result<HostBatch> batch = co_await core_.cluster.host_events(source.name, std::move(marks));
  const bool unreadable =
      !batch && (batch.error().code == Errc::unsupported || batch.error().code == Errc::not_found);
  reach.host_events[host] = unreadable ? 0 : 1;
  if (unreadable) {
    core_.note("no-host-events", source.name, batch.error().detail);
  }
  if (!batch) {
    co_return Unit{};
  }
  if (core_.input.resumed) {
    missed_hosts_[host] = *std::move(batch);
  } else {
    keep_marks(source, *batch);
  }
  co_return Unit{};
}

Task<Unit> EventWatch::first_guest(std::uint32_t guest, DetectorReach& reach) {
  Source& source = guests_[guest];
  std::vector<hyperv::EventMark> marks = source.marks;
  Result<GuestBatch> batch = co_await core_.cluster.guest_events(source.name, std::move(marks));
  if (!batch && (batch.error().code == Errc::unsupported || batch.error().code == Errc::denied)) {
    core_.note("no-guest-log", source.name, batch.error().detail);
    co_return Unit{};
  }
  reach.guest_log[guest] = 1;
  if (batch && core_.input.resumed) {
    missed_guests_[guest] = *std::move(batch);
  } else if (batch) {
    keep_marks(source, *batch);
  }
  co_return Unit{};
}

void EventWatch::take_missed() {
  for (HostId host = 0; host < missed_hosts_.size(); ++host) {
    if (!missed_hosts_[host].marks.empty()) {
      take(host, missed_hosts_[host]);
    }
  }
  for (std::uint32_t guest = 0; guest < missed_guests_.size(); ++guest) {
    if (!missed_guests_[guest].marks.empty()) {
      take(guest, missed_guests_[guest]);
    }
  }
  missed_hosts_.clear();
  missed_guests_.clear();
}

void EventWatch::start(Scope& background) {
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    if (core_.detectors->reads_events(host)) {
      background.spawn(keep_host(host));
    }
  }
  background.spawn(keep_guests());
}

void EventWatch::look_once(Scope& scope) {
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    if (core_.detectors->reads_events(host)) {
      scope.spawn(read_host(host));
    }
  }
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (core_.detectors->reads_log(guest)) {
      scope.spawn(read_guest_log(guest, Need::own));
    }
  }
}

Task<Unit> EventWatch::keep_host(HostId host) {
  const Span period = core_.input.lab.polling.events;
  while (co_await core_.idle_until(core_.runtime.now() + period)) {
    co_await read_host(host);
  }
  co_return Unit{};
}

// Questions that a case raised, and now and then a look at all, so that a silent one is noticed.
Task<Unit> EventWatch::keep_guests() {
  Scope scope(core_.runtime, kGuestsAtOnce);
  Instant round = core_.runtime.now();
  while (co_await core_.idle_until(core_.runtime.now() + kEventTick)) {
    const Instant now = core_.runtime.now();
    while (const auto guest = core_.watch->next_question(now)) {
      scope.spawn(read_guest_log(*guest, Need::any));
    }
    if (now < round) {
      continue;
    }
    round = now + kGuestLogPeriod;
    for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
      if (core_.detectors->reads_log(guest)) {
        scope.spawn(read_guest_log(guest, Need::any));
      }
      if (core_.detectors->reads_boot_time(guest) && shown_lately(guest)) {
        scope.spawn(read_boot_time(guest));
      }
    }
  }
  co_await scope.join();
  co_return Unit{};
}

Task<Unit> EventWatch::read_host(HostId host) {
  Source& source = hosts_[host];
  while (source.reading) {
    co_await core_.runtime.sleep_for(kTurn);
  }
  source.reading = true;
  std::vector<hyperv::EventMark> marks = source.marks;
  const Result<HostBatch> batch = co_await core_.cluster.host_events(source.name, std::move(marks));
  source.reading = false;
  if (!batch) {
    core_.on_unanswered(host, batch.error());
    co_return Unit{};
  }
  core_.detectors->events_answered(host, core_.runtime.now());
  take(host, *batch);
  co_return Unit{};
}

Task<Unit> EventWatch::read_guest_log(std::uint32_t guest, Need need) {
  Source& source = guests_[guest];
  if (source.reading && need == Need::any) {
    co_return Unit{};
  }
  while (source.reading) {
    co_await core_.runtime.sleep_for(kTurn);
  }
  source.reading = true;
  std::vector<hyperv::EventMark> marks = source.marks;
  const Result<GuestBatch> batch = co_await core_.cluster.guest_events(source.name, std::move(marks));
  source.reading = false;
  if (batch) {
    core_.detectors->log_answered(guest, core_.runtime.now());
    take(guest, *batch);
  } else {
    core_.watch->on_guest_log_failed(guest, core_.findings);
    core_.publish(core_.findings);
  }
  co_return Unit{};
}

Task<Unit> EventWatch::read_boot_time(std::uint32_t guest) {
  const Instant asked = core_.runtime.now();
  const Result<Span> uptime = co_await core_.cluster.guest_uptime(guests_[guest].name);
  if (uptime) {
    const Instant answered = core_.runtime.now();
    core_.detectors->boot_answered(guest, answered);
    core_.watch->on_guest_uptime(guest, *uptime, asked, answered);
  }
  co_return Unit{};
}

template <class Event>
void EventWatch::keep_marks(Source& source, const hyperv::EventBatch<Event>& batch) {
  source.marks = batch.marks;
  core_.journal.marks(MachineMarks{source.name, batch.marks});
  core_.mark_dirty();
  if (source.subscribed != batch.subscribed) {
    source.subscribed = batch.subscribed;
    core_.note("events", source.name, in_words(batch.subscribed, batch.unread));
  }
}

void EventWatch::take(HostId host, const HostBatch& batch) {
  Source& source = hosts_[host];
  for (hyperv::HostEvent event : batch.events) {
    event.time = core_.clocks.ours(source.name, event.time);
    if (event.time < not_before_) {
      continue;
    }
    core_.watch->on_host_event(source.name, event, core_.runtime.now(), core_.runtime.epoch(),
                               core_.findings);
    core_.canaries.on_host_event(source.name, event, core_.runtime.now(), core_.runtime.epoch());
  }
  core_.publish(core_.findings);
  if (!batch.events.empty() || source.subscribed != batch.subscribed) {
    keep_marks(source, batch);
  }
}

// An answer without an event is one as well: of a guest whose case is open.
void EventWatch::take(std::uint32_t guest, const GuestBatch& batch) {
  Source& source = guests_[guest];
  std::vector<hyperv::GuestEvent> events;
  for (hyperv::GuestEvent event : batch.events) {
    event.time = core_.clocks.ours(source.name, event.time);
    if (event.time >= not_before_) {
      events.push_back(std::move(event));
    }
  }
  core_.watch->on_guest_log(guest, events, core_.runtime.now(), core_.runtime.epoch(), core_.findings);
  core_.publish(core_.findings);
  // Others than those that are told of may have come: the mark is past them all the same.
  const bool moved = !batch.events.empty() || source.subscribed != batch.subscribed;
  if (moved) {
    keep_marks(source, batch);
  } else {
    source.marks = batch.marks;
  }
}

// Another machine may answer by the name of one that was deleted.
bool EventWatch::shown_lately(std::uint32_t guest) const {
  return core_.runtime.now() - core_.guests[guest].listed <= 3 * core_.input.lab.polling.summary;
}

} // namespace migstorm::campaign
