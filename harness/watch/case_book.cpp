#include "harness/watch/case_book.hpp"

#include "harness/watch/event_signals.hpp"

#include <algorithm>

namespace migstorm::watch {
namespace {

constexpr std::size_t kCasesKept = 4;
// Dump, reset and boot of a crash that was counted before a resume are told of after it.
constexpr Span kAftermath = std::chrono::minutes(2);

bool narrows(const Case& filed, const Signal& signal) {
  const bool exact = signal.kind == SignalKind::guest_crash_event || signal.kind == SignalKind::triple_fault;
  return exact && !filed.exact;
}

void enrich(Case& filed, const Signal& signal) {
  Crash& crash = filed.crash;
  if (narrows(filed, signal)) {
    crash.earliest = signal.earliest;
    crash.latest = signal.latest;
    filed.exact = true;
  }
  if (signal.bugcheck != 0 && crash.bugcheck == 0) {
    crash.bugcheck = signal.bugcheck;
    crash.parameters = signal.parameters;
  }
  const std::string reason = std::string(to_string(signal.kind));
  if (std::find(crash.reasons.begin(), crash.reasons.end(), reason) == crash.reasons.end()) {
    crash.reasons.push_back(reason);
  }
}

} // namespace

Case* CaseBook::open_case() noexcept {
  return !cases_.empty() && cases_.back().open() ? &cases_.back() : nullptr;
}

const Case* CaseBook::open_case() const noexcept {
  return !cases_.empty() && cases_.back().open() ? &cases_.back() : nullptr;
}

Case* CaseBook::matching(const Signal& signal) {
  for (auto it = cases_.rbegin(); it != cases_.rend(); ++it) {
    if (it->open()) {
      return &*it;
    }
    const bool same_code =
        it->crash.bugcheck == 0 || signal.bugcheck == 0 || it->crash.bugcheck == signal.bugcheck;
    // A signal may be told late: 18590 is read with the next poll, 1001 after the guest is well again.
    if (same_code && signal.latest >= it->crash.earliest - kClockSlack &&
        signal.earliest <= std::max(it->reset, it->crash.latest) + kClockSlack) {
      return &*it;
    }
  }
  return nullptr;
}

Case& CaseBook::file(const Signal& signal, bool log_applicable) {
  Case* filed = matching(signal);
  if (filed == nullptr) {
    if (cases_.size() == kCasesKept) {
      cases_.erase(cases_.begin());
    }
    Case fresh;
    fresh.crash.guest = signal.guest;
    fresh.crash.host = signal.host;
    fresh.crash.noticed = signal.noticed;
    fresh.crash.earliest = signal.earliest;
    fresh.crash.latest = signal.latest;
    fresh.opened = signal.noticed;
    fresh.log = log_applicable ? CaseLog::wanted : CaseLog::none;
    cases_.push_back(std::move(fresh));
    filed = &cases_.back();
  }
  enrich(*filed, signal);
  return *filed;
}

void CaseBook::remember(const Crash& crash) {
  Case past;
  past.crash = crash;
  past.decisive = true;
  past.exact = true;
  past.opened = crash.noticed;
  past.back = std::max(crash.noticed, crash.latest);
  past.reset = past.back + kAftermath;
  past.log = CaseLog::answered;
  cases_.push_back(std::move(past));
  if (cases_.size() > kCasesKept) {
    cases_.erase(cases_.begin());
  }
}

} // namespace migstorm::watch
