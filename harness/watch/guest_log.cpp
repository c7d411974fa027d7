#include "harness/watch/event_signals.hpp"
#include "harness/watch/watch.hpp"

#include <algorithm>

namespace migstorm::watch {
namespace {

constexpr Span kAskAgain = std::chrono::seconds(15);
constexpr std::uint32_t kEmptyAnswersMax = 8; // 1001 is written some time after the guest is up
constexpr std::uint32_t kQuestionsMax = 12;
constexpr std::uint32_t kQuestionsForPathMax = 4; // the code is known already; only the dump's path is not

} // namespace

void Watch::on_guest_log(std::uint32_t guest, const std::vector<hyperv::GuestEvent>& events, Instant now,
                         CivilTime epoch, Findings& out) {
  Guest& asked = guests_[guest];
  for (const hyperv::GuestEvent& event : events) {
    const bool of_bugcheck = event.kind == hyperv::GuestEventKind::bugcheck;
    if (!asked.has(of_bugcheck ? DetectorKind::bugcheck_events : DetectorKind::restart_events)) {
      continue;
    }
    auto signal = signal_of(event, asked.facts.id, now, epoch);
    if (!signal) {
      out.notes.push_back({"no-dump-possible", asked.facts.name, std::string(to_string(event.kind))});
      continue;
    }
    signal->host = asked.host;
    Case& filed = take(asked, *signal);
    if (of_bugcheck) {
      filed.crash.dump_path = event.dump_path;
    }
    out.signals.push_back(*std::move(signal));
    judge(filed, out);
  }
  Case* open = asked.book.open_case();
  if (open != nullptr && open->log == CaseLog::wanted) {
    const bool known = open->crash.bugcheck != 0;
    open->answered_once = true;
    if (open->questions >= (known ? kQuestionsForPathMax : kEmptyAnswersMax)) {
      open->log = CaseLog::empty;
    }
  }
}

void Watch::on_guest_log_failed(std::uint32_t guest, Findings& out) {
  Case* open = guests_[guest].book.open_case();
  if (open == nullptr || open->log != CaseLog::wanted) {
    return;
  }
  const bool known = open->crash.bugcheck != 0;
  if (open->questions >= (known ? kQuestionsForPathMax : kQuestionsMax)) {
    open->log =
        open->answered_once ? CaseLog::empty : CaseLog::silent; // it may have been restarted meanwhile
    judge(*open, out);
  }
}

void Watch::on_guest_uptime(std::uint32_t guest, Span uptime, Instant asked, Instant answered) {
  Guest& told = guests_[guest];
  const auto reset = told.boot.observe(uptime, asked, answered);
  if (reset && told.has(DetectorKind::boot_time)) {
    told.booted = reset;
  }
}

std::optional<std::uint32_t> Watch::next_question(Instant now) {
  for (std::uint32_t i = 0; i < guests_.size(); ++i) {
    Case* open = guests_[i].book.open_case();
    if (open != nullptr && open->log == CaseLog::wanted && open->next_question != Instant{} &&
        open->next_question <= now) {
      ++open->questions;
      open->next_question = now + kAskAgain;
      return i;
    }
  }
  return std::nullopt;
}

bool Watch::questions_pending() const noexcept {
  return std::any_of(guests_.begin(), guests_.end(), [](const Guest& guest) {
    const Case* open = guest.book.open_case();
    return open != nullptr && open->log == CaseLog::wanted && open->next_question != Instant{};
  });
}

} // namespace migstorm::watch
