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

void Watch::log_baseline(std::uint32_t guest, const std::vector<hyperv::Bugcheck>& records) {
  for (const hyperv::Bugcheck& record : records) {
    guests_[guest].log_record = std::max(guests_[guest].log_record, record.record);
  }
}

void Watch::on_guest_log(std::uint32_t guest, const std::vector<hyperv::Bugcheck>& records, Instant now,
                         CivilTime epoch, Findings& out) {
  Guest& asked = guests_[guest];
  const std::uint64_t seen = asked.log_record;
  for (const hyperv::Bugcheck& record : records) {
    if (record.record <= seen) {
      continue;
    }
    asked.log_record = std::max(asked.log_record, record.record);
    Signal signal = signal_of(record, asked.facts.id, now, epoch);
    signal.host = asked.host;
    Case& filed = asked.book.file(signal, true);
    filed.crash.dump_path = record.dump_path;
    handle(asked, std::move(signal), out);
  }
  Case* open = asked.book.open_case();
  if (open != nullptr && open->log == CaseLog::wanted) {
    const bool known = open->crash.bugcheck != 0;
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
    open->log = CaseLog::silent;
    judge(*open, out);
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
