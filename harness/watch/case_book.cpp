#include "harness/watch/case_book.hpp"

#include "harness/watch/event_signals.hpp"

#include <algorithm>

namespace migstorm::watch {
namespace {

constexpr std::size_t kCasesKept = 8;
// Dump, reset and boot of a crash that was counted before a resume are told of after it; its own 1001 is the
// last of them.
constexpr Span kAftermath = std::chrono::minutes(2);
// A guest needs longer to write a dump, boot and crash again.
constexpr Span kTwiceApart = std::chrono::seconds(60);

bool narrows(const Case& filed, const Signal& signal) {
  const bool exact = signal.kind == SignalKind::guest_crash_event || signal.kind == SignalKind::triple_fault;
  return exact && !filed.exact;
}

// Each crash is told once by each of these: another time is another crash.
bool of_another_crash(const Case& filed, const Signal& signal) {
  const auto apart = [&](Instant known) {
    return signal.latest > known + kTwiceApart || signal.latest + kTwiceApart < known;
  };
  switch (signal.kind) {
  case SignalKind::guest_crash_event:
  case SignalKind::triple_fault:
    return filed.exact && apart(filed.crash.latest);
  case SignalKind::bugcheck_event:
    return filed.told != Instant{} && apart(filed.told);
  case SignalKind::unclean_start:
  case SignalKind::unclean_shutdown:
    return filed.started != Instant{} && apart(filed.started);
  default:
    return false;
  }
}

// A life that began apart from the one that is known.
bool of_another_life(const Case& filed, SignalKind kind, std::optional<Instant> new_life) {
  const Span slack = reset_slack(filed, kind);
  return new_life && filed.reset != Instant{} &&
         (*new_life > filed.reset + slack || *new_life < filed.reset - slack);
}

bool has_told(const Case& filed, SignalKind kind) {
  const auto& reasons = filed.crash.reasons;
  return std::find(reasons.begin(), reasons.end(), to_string(kind)) != reasons.end();
}

// What the guest's log has not told of this crash yet. A guest without a dump names no code.
bool lacks(const Case& filed, const Signal& signal) {
  if (signal.kind == SignalKind::dump_failed_event) {
    const bool dumped =
        has_told(filed, SignalKind::dump_written) || has_told(filed, SignalKind::bugcheck_event);
    return !dumped && !has_told(filed, signal.kind) && filed.started == Instant{};
  }
  return filed.crash.bugcheck == signal.bugcheck && filed.crash.parameters == signal.parameters &&
         !has_told(filed, signal.kind);
}

// Whoever resets a guest in the middle of its dump begins a life that tells of the crash only after the case
// was closed; the code and its four parameters say which crash is meant. Each kind is told once.
bool tells_of(const Case& filed, const Signal& signal) {
  return filed.exact && is_written_by_next_life(signal.kind) && signal.bugcheck != 0 &&
         lacks(filed, signal) && signal.latest > filed.crash.latest;
}

// Told late: of something that was over before this began.
bool is_older(const Case& filed, const Signal& signal) {
  const bool before_reset = is_written_by_next_life(signal.kind) && filed.reset_seen &&
                            filed.reset != Instant{} && signal.latest < filed.reset - kClockSlack;
  return before_reset || signal.latest < filed.crash.earliest - kClockSlack;
}

// A guest that was cut off before its log told of its crash tells of it when it is on again: what somebody
// else explains is not what the log means, while a reset that nothing explains waits for it.
bool was_cut_off(const Case& filed, const Signal& signal) {
  const bool of_a_bugcheck = signal.bugcheck != 0 || signal.kind == SignalKind::dump_failed_event;
  return is_written_by_next_life(signal.kind) && of_a_bugcheck && filed.unexplained &&
         !is_older(filed, signal) && (filed.crash.number == 0 || lacks(filed, signal));
}

bool belongs(const Case& filed, const Signal& signal, std::optional<Instant> new_life) {
  if (of_another_crash(filed, signal) || of_another_life(filed, signal.kind, new_life) ||
      is_older(filed, signal)) {
    return false;
  }
  const bool same_code =
      filed.crash.bugcheck == 0 || signal.bugcheck == 0 || filed.crash.bugcheck == signal.bugcheck;
  // A signal may be told late: 18590 is read with the next poll, 1001 after the guest is well again.
  return filed.open() ||
         (same_code && signal.latest >= filed.crash.earliest - kClockSlack &&
          signal.earliest <= std::max({filed.reset, filed.crash.latest, filed.aftermath}) + kClockSlack);
}

void enrich(Case& filed, const Signal& signal) {
  Crash& crash = filed.crash;
  if (narrows(filed, signal)) {
    crash.earliest = signal.earliest;
    crash.latest = signal.latest;
    filed.exact = true;
  }
  if (signal.kind == SignalKind::bugcheck_event) {
    filed.told = signal.latest;
  } else if (signal.kind == SignalKind::unclean_start || signal.kind == SignalKind::unclean_shutdown) {
    filed.started = signal.latest;
  }
  if (signal.bugcheck != 0 && crash.bugcheck == 0) {
    crash.bugcheck = signal.bugcheck;
    crash.parameters = signal.parameters;
  }
  if (!has_told(filed, signal.kind)) {
    crash.reasons.emplace_back(to_string(signal.kind));
  }
}

} // namespace

// A guest that was not well yet, and is reset again while it boots, has not crashed again.
Span reset_slack(const Case& filed, SignalKind kind) noexcept {
  const bool vague = kind == SignalKind::boot_time || filed.reset_by_boot;
  return vague || filed.open() ? kFirmwareAndBoot : kTwiceApart;
}

bool is_written_by_next_life(SignalKind kind) noexcept {
  return kind == SignalKind::bugcheck_event || kind == SignalKind::unclean_start ||
         kind == SignalKind::unclean_shutdown || kind == SignalKind::dump_failed_event;
}

Case* CaseBook::open_case() noexcept {
  return !cases_.empty() && cases_.back().open() ? &cases_.back() : nullptr;
}

const Case* CaseBook::open_case() const noexcept {
  return !cases_.empty() && cases_.back().open() ? &cases_.back() : nullptr;
}

Case* CaseBook::matching(const Signal& signal, std::optional<Instant> new_life) {
  const auto meant = std::find_if(cases_.rbegin(), cases_.rend(),
                                  [&](const Case& filed) { return tells_of(filed, signal); });
  if (meant != cases_.rend()) {
    return &*meant;
  }
  const auto found = std::find_if(cases_.rbegin(), cases_.rend(),
                                  [&](const Case& filed) { return belongs(filed, signal, new_life); });
  const auto newest = found == cases_.rend() ? cases_.rbegin() : found;
  if (newest != cases_.rend() && newest->explained()) {
    const auto cut_off =
        std::find_if(newest, cases_.rend(), [&](const Case& filed) { return was_cut_off(filed, signal); });
    if (cut_off != cases_.rend()) {
      return &*cut_off;
    }
  }
  return found == cases_.rend() ? nullptr : &*found;
}

Instant CaseBook::lived_since(Instant then) const noexcept {
  Instant since{};
  for (const Case& past : cases_) {
    since = past.reset_seen && past.reset <= then ? std::max(since, past.reset) : since;
  }
  return since;
}

// What is told late takes its place before the open case, and is over; otherwise the guest crashed again
// before all was known of the case that was open.
Case* CaseBook::add(Case fresh) {
  Case* const open = open_case();
  if (open == nullptr || !(fresh.crash.latest < open->crash.latest)) {
    if (open != nullptr) {
      open->back = fresh.opened;
    }
    cases_.push_back(std::move(fresh));
    return &cases_.back();
  }
  fresh.back = fresh.opened;
  fresh.log = CaseLog::empty;
  return &*cases_.insert(cases_.end() - 1, std::move(fresh));
}

Case& CaseBook::file(const Signal& signal, bool log_applicable, std::optional<Instant> new_life) {
  Case* filed = matching(signal, new_life);
  if (filed == nullptr) {
    if (cases_.size() == kCasesKept) {
      cases_.erase(cases_.begin());
    }
    Case fresh;
    fresh.crash.guest = signal.guest;
    fresh.crash.host = signal.host;
    fresh.crash.noticed = signal.noticed;
    fresh.crash.earliest = std::max(signal.earliest, lived_since(signal.latest));
    fresh.crash.latest = signal.latest;
    fresh.opened = signal.noticed;
    fresh.log = log_applicable ? CaseLog::wanted : CaseLog::none;
    filed = add(std::move(fresh));
  }
  enrich(*filed, signal);
  return *filed;
}

void CaseBook::remember(const Crash& crash) {
  Case past;
  past.crash = crash;
  past.decisive = true;
  past.exact = crash.earliest == crash.latest;
  past.opened = crash.noticed;
  past.back = std::max(crash.noticed, crash.latest);
  past.aftermath = past.back + (has_told(past, SignalKind::bugcheck_event) ? kAftermath : kDumpAndBoot);
  past.log = CaseLog::answered;
  cases_.push_back(std::move(past));
  if (cases_.size() > kCasesKept) {
    cases_.erase(cases_.begin());
  }
}

} // namespace migstorm::watch
