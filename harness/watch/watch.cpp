#include "harness/watch/watch.hpp"

#include "analyzers/triage/bugcheck.hpp"
#include "harness/watch/event_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::watch {
namespace {

constexpr Span kHangAfter = std::chrono::minutes(10);
constexpr Span kFlapping = std::chrono::seconds(10);
constexpr Span kOffForLong = std::chrono::seconds(15); // no move's passing state lasts so long
constexpr std::size_t kAwayKept = 4;
constexpr Span kFirstQuestion = std::chrono::seconds(5); // the guest writes 1001 soon after it is up
constexpr Span kResetAwaited = std::chrono::minutes(15);

// States in which a guest's next life is its operator's doing.
bool is_off(hyperv::EnabledState state) {
  using S = hyperv::EnabledState;
  return state == S::disabled || state == S::shutting_down || state == S::enabled_but_offline ||
         state == S::off_critical || state == S::saved_critical;
}

bool only_a_crash_gives(const Signal& signal) {
  switch (signal.kind) {
  case SignalKind::guest_crash_event:
  case SignalKind::triple_fault:
  case SignalKind::bugcheck_event:
  case SignalKind::dump_written:
  case SignalKind::dump_failed:
  case SignalKind::dump_failed_event:
    return true;
  case SignalKind::unclean_start:
    return signal.bugcheck != 0;
  default:
    return false;
  }
}

bool is_reset(SignalKind kind) {
  return kind == SignalKind::uptime_backwards || kind == SignalKind::guest_reset_event ||
         kind == SignalKind::host_reset_event || kind == SignalKind::boot_time;
}

std::string why_rebooted(const Case& filed) {
  if (filed.host_reset) {
    return "its host reset it: the cluster's heartbeat monitoring does so when a guest is silent";
  }
  return filed.explained() ? "its host went away or it was switched off" : "its own log knows of no bugcheck";
}

} // namespace

Watch::Watch(std::vector<WatchedGuest> guests, const std::vector<Crash>& known, LoadHabit load)
    : load_(load) {
  guests_.reserve(guests.size());
  for (WatchedGuest& facts : guests) {
    index_.emplace(facts.id, static_cast<std::uint32_t>(guests_.size()));
    guests_.emplace_back().facts = std::move(facts);
  }
  for (const Crash& crash : known) {
    crashes_ = std::max(crashes_, crash.number);
    if (const auto it = index_.find(crash.guest); it != index_.end()) {
      guests_[it->second].book.remember(crash);
    }
  }
}

void Watch::on_summary(const hyperv::HostName& host, const hyperv::HostSummary& summary, Findings& out) {
  for (const hyperv::GuestSummary& row : summary.guests) {
    const auto it = index_.find(row.id);
    if (it == index_.end() || summary.asked < guests_[it->second].asked) {
      continue; // not ours, or overtaken by a newer reading
    }
    on_row(guests_[it->second], host, row, summary, out);
  }
}

void Watch::on_row(Guest& guest, const hyperv::HostName& host, const hyperv::GuestSummary& row,
                   const hyperv::HostSummary& summary, Findings& out) {
  if (passing_state(guest, host, row, summary.answered)) {
    return;
  }
  guest.asked = summary.asked;
  on_state(guest, row.state, summary.answered, out);
  if (guest.has(DetectorKind::heartbeat)) {
    if (guest.moving) {
      guest.heartbeat.moved(summary.answered);
    }
    const auto change = guest.heartbeat.observe(row.state, row.heartbeat, summary.asked, summary.answered);
    if (change == HeartbeatTracker::Change::lost) {
      const Window window = guest.heartbeat.dated().value_or(Window{summary.asked, summary.answered});
      handle(guest, signal_for(guest, SignalKind::heartbeat_lost, window, summary.answered), out);
    } else if (change == HeartbeatTracker::Change::back) {
      const Window window{summary.asked, summary.answered};
      out.signals.push_back(signal_for(guest, SignalKind::heartbeat_back, window, summary.answered));
    }
  }
  const auto reset = guest.uptime.observe(row.uptime_ms, summary.asked, summary.answered);
  if (reset && guest.has(DetectorKind::uptime)) {
    on_reset(guest, SignalKind::uptime_backwards, *reset, summary.answered, out);
  }
  if (guest.booted) {
    on_reset(guest, SignalKind::boot_time, *std::exchange(guest.booted, std::nullopt), summary.answered, out);
  }
  guest.host = host;
  if (!guest.moving) {
    guest.bound_for.clear();
  }
  review(guest, summary.answered, out);
}

// A move shows the guest in passing states, on either host. One that is off on the host where it was seen
// last, and stays so, is not moving any more: somebody switched it off, and the move's end got lost.
bool Watch::passing_state(Guest& guest, const hyperv::HostName& host, const hyperv::GuestSummary& row,
                          Instant now) {
  if (!guest.moving || row.state == hyperv::EnabledState::enabled) {
    guest.off_since.reset();
    return false;
  }
  if (host != guest.host || !is_off(row.state) || row.migrating) {
    return true;
  }
  guest.off_since = guest.off_since.value_or(now);
  return now - *guest.off_since < kOffForLong;
}

void Watch::on_state(Guest& guest, hyperv::EnabledState state, Instant now, Findings& out) {
  if (guest.state == hyperv::EnabledState::enabled && state != guest.state) {
    Signal signal = signal_for(guest, SignalKind::state_changed, Window{guest.asked, now}, now);
    signal.detail = std::string(to_string(state));
    out.signals.push_back(std::move(signal));
  }
  guest.state = state;
  guest.switched_off = guest.switched_off || is_off(state);
}

void Watch::on_reset(Guest& guest, SignalKind kind, Window reset, Instant now, Findings& out) {
  Signal signal = signal_for(guest, kind, reset, now);
  handle_reset(guest, std::move(signal), out);
  guest.switched_off = false;
}

// The heart stops at the crash, the uptime only when the dump is written and the guest resets.
void Watch::handle_reset(Guest& guest, Signal signal, Findings& out) {
  const Window reset{signal.earliest, signal.latest};
  const Instant new_life = reset.latest;
  const Instant since = guest.book.lived_since(new_life - kFirmwareAndBoot);
  const auto silence = guest.heartbeat.silence();
  // Nobody listened while it died: neither a detector, nor this process before a resume.
  if (!guest.has(DetectorKind::heartbeat) || !guest.heartbeat.heard_before(new_life)) {
    signal.earliest = std::max(since, signal.earliest - kDumpAndBoot);
  } else if (silence && silence->earliest >= since && silence->earliest <= new_life) {
    const Window death = *guest.heartbeat.dated();
    signal.earliest = std::min(signal.earliest, std::max(since, death.earliest));
    signal.latest = std::max(signal.earliest, std::min(death.latest, new_life));
  }
  handle(guest, std::move(signal), out, reset);
}

// Several signals tell of one reset, and the first may be the one that knows what explains it.
// What explains it must have happened between the two readings that it lies between, not between the death
// that may have led to it and now.
void Watch::count_reset(const Guest& guest, Case& filed, const Signal& signal, Window reset) {
  const Instant new_life = reset.latest;
  const bool known = filed.reset_seen && filed.reset != Instant{} && new_life >= filed.reset - kClockSlack &&
                     new_life <= filed.reset + reset_slack(filed, signal.kind);
  const bool by_host = signal.kind == SignalKind::host_reset_event;
  // Neither a host that dies nor an operator's switch is a reset by the guest itself.
  const bool by_guest = signal.kind == SignalKind::guest_reset_event;
  const bool explained = by_host || (!by_guest && excused(guest, reset));
  filed.host_reset = filed.host_reset || by_host;
  filed.excused = filed.excused || explained;
  filed.unexplained = filed.unexplained || (!explained && !known);
  filed.reset_seen = true;
  if (signal.kind != SignalKind::boot_time) {
    filed.reset = filed.reset_by_boot && known ? new_life : std::max(filed.reset, new_life);
    filed.reset_by_boot = false;
  } else if (!known) {
    filed.reset = std::max(filed.reset, new_life);
    filed.reset_by_boot = true;
  }
}

void Watch::on_host_event(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                          CivilTime epoch, Findings& out) {
  auto signal = signal_of(event, host, now, epoch);
  if (!signal) {
    on_host_signal(host, event, now, epoch, out);
    return;
  }
  if (const auto it = index_.find(signal->guest); it != index_.end()) {
    Guest& guest = guests_[it->second];
    if (signal->kind == SignalKind::state_changed) {
      guest.switched_off = true; // until its next life is seen
      out.signals.push_back(*std::move(signal));
    } else if (is_reset(signal->kind)) {
      handle_reset(guest, *std::move(signal), out);
    } else {
      handle(guest, *std::move(signal), out);
    }
  }
}

void Watch::on_host_away(const hyperv::HostName& host, Instant since, Instant now, Findings& out) {
  auto& windows = away_[host];
  if (windows.size() == kAwayKept) {
    windows.erase(windows.begin());
  }
  windows.push_back(Window{since, Instant::max()});
  Signal signal;
  signal.kind = SignalKind::host_away;
  signal.host = host;
  signal.noticed = now;
  signal.earliest = since;
  signal.latest = now;
  out.signals.push_back(std::move(signal));
}

void Watch::on_host_back(const hyperv::HostName& host, Instant now) {
  if (const auto it = away_.find(host); it != away_.end() && !it->second.empty()) {
    it->second.back().latest = std::min(it->second.back().latest, now);
  }
}

void Watch::on_foreign_move(std::uint32_t guest, const hyperv::HostName& host, Instant now, Findings& out) {
  Signal signal =
      signal_for(guests_[guest], SignalKind::foreign_move, Window{guests_[guest].asked, now}, now);
  signal.detail = fmt::format("from {} to {}", guests_[guest].host, host);
  out.signals.push_back(std::move(signal));
  guests_[guest].heartbeat.moved(now);
}

void Watch::move_began(std::uint32_t guest, Instant now, hyperv::HostName to) {
  guests_[guest].moving = true;
  guests_[guest].bound_for = std::move(to);
  if (load_.rests_between_moves) {
    tally_load(guests_[guest], true, now);
  }
}

void Watch::move_ended(std::uint32_t guest, Instant now) noexcept {
  if (load_.rests_between_moves) {
    tally_load(guests_[guest], false, now);
  }
  guests_[guest].moving = false;
  guests_[guest].heartbeat.moved(now);
}

Signal Watch::signal_for(const Guest& guest, SignalKind kind, Window window, Instant now) const {
  Signal signal;
  signal.kind = kind;
  signal.guest = guest.facts.id;
  signal.host = guest.host;
  signal.noticed = now;
  signal.earliest = window.earliest;
  signal.latest = window.latest;
  return signal;
}

// The case that the signal belongs to, with what it adds to it.
Case& Watch::take(Guest& guest, const Signal& signal, std::optional<Window> reset) {
  Case& filed = guest.book.file(signal, guest.has_log(), reset ? std::optional(reset->latest) : std::nullopt);
  if (reset) {
    count_reset(guest, filed, signal, *reset);
  }
  filed.crash.guest_name = guest.facts.name;
  filed.decisive = filed.decisive || only_a_crash_gives(signal);
  filed.reset_seen = filed.reset_seen || is_written_by_next_life(signal.kind);
  const bool all_told =
      signal.kind == SignalKind::bugcheck_event ||
      (signal.kind == SignalKind::unclean_start && !guest.has(DetectorKind::bugcheck_events));
  if (all_told) {
    filed.log = CaseLog::answered;
  }
  recall_screen(guest, filed);
  return filed;
}

Case& Watch::handle(Guest& guest, Signal signal, Findings& out, std::optional<Window> reset) {
  Case& filed = take(guest, signal, reset);
  out.signals.push_back(std::move(signal));
  judge(filed, out);
  return filed;
}

// Decides whether a case counts as a crash, and tells about those that do each time more is known.
void Watch::judge(Case& filed, Findings& out) {
  const bool unexplained_reset = filed.unexplained && !filed.host_reset && !filed.decisive &&
                                 (filed.log == CaseLog::none || filed.log == CaseLog::silent);
  if (filed.crash.number == 0) {
    if (!filed.decisive && !unexplained_reset) {
      return;
    }
    filed.crash.number = ++crashes_;
  }
  filed.crash.signature = triage::signature_head(filed.crash.bugcheck, filed.crash.parameters);
  name_confounders(filed.crash);
  out.crashes.push_back(filed.crash);
}

bool Watch::excused(const Guest& guest, Window reset) const {
  if (guest.switched_off) {
    return true;
  }
  // A host that dies with a guest which has just arrived never showed it.
  return went_away(guest.host, reset) || went_away(guest.bound_for, reset);
}

bool Watch::went_away(const hyperv::HostName& host, Window meanwhile) const {
  const auto it = away_.find(host);
  return it != away_.end() && std::any_of(it->second.begin(), it->second.end(), [&](const Window& away) {
           return meanwhile.earliest <= away.latest && meanwhile.latest >= away.earliest;
         });
}

// Looks at the open case once more, now that a new reading is in.
void Watch::review(Guest& guest, Instant now, Findings& out) {
  Case* open = guest.book.open_case();
  if (open == nullptr) {
    return;
  }
  const bool well = guest.state == hyperv::EnabledState::enabled &&
                    (guest.heartbeat.beating() || !guest.has(DetectorKind::heartbeat));
  const bool happened = open->reset_seen || open->decisive;
  if (!well) {
    if (!happened && now - open->opened > kHangAfter) {
      take_for_hung(guest, *open, out);
    }
    return;
  }
  if (happened && !open->explained() && open->log == CaseLog::wanted) {
    if (open->next_question == Instant{}) {
      open->next_question = now + kFirstQuestion;
    }
    return;
  }
  if (open->decisive && !open->reset_seen && now - open->opened < kResetAwaited) {
    return;
  }
  open->back = now;
  guest.hung = false;
  if (open->crash.number == 0 && open->reset_seen) {
    out.notes.push_back({"rebooted", guest.facts.name, why_rebooted(*open)});
  }
}

void Watch::take_for_hung(Guest& guest, Case& open, Findings& out) {
  if (open.stop_screen) { // two kinds say so by now
    open.decisive = true;
    judge(open, out);
  } else if (!guest.hung) {
    guest.hung = true;
    ++hung_;
    out.notes.push_back({"hung", guest.facts.name, "no heartbeat and no reset"});
  }
}

GuestVerdict Watch::verdict(std::uint32_t guest) const noexcept {
  const Case* open = guests_[guest].book.open_case();
  if (open == nullptr) {
    return GuestVerdict::healthy;
  }
  if (open->crash.number != 0) {
    return GuestVerdict::crashed;
  }
  if (open->reset_seen) {
    return GuestVerdict::rebooted;
  }
  return guests_[guest].hung ? GuestVerdict::hung : GuestVerdict::suspect;
}

bool Watch::settled(std::uint32_t guest) const noexcept {
  const auto silence = guests_[guest].heartbeat.silence();
  const bool silent = silence && guests_[guest].asked - silence->latest >= kFlapping;
  return !silent && verdict(guest) == GuestVerdict::healthy;
}

bool Watch::cases_open() const noexcept {
  return std::any_of(guests_.begin(), guests_.end(),
                     [](const Guest& guest) { return guest.book.open_case() != nullptr; });
}

} // namespace migstorm::watch
