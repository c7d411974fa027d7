#include "harness/journal/sqlite_journal.hpp"

#include "harness/journal/writer.hpp"

#include <migstorm/notify.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace migstorm {

namespace {

class SqliteJournal final : public Journal {
public:
  SqliteJournal(Runtime& runtime, std::unique_ptr<Writer> writer)
      : runtime_(runtime), done_(runtime), writer_(std::move(writer)) {}

  void begin_run(RunRecord run, std::vector<PlanGuest> guests, std::vector<Step> steps) override {
    queue(BeginRun{std::move(run), std::move(guests), std::move(steps)});
  }
  void intend(Intent intent) override { queue(std::move(intent)); }
  void ticket(Ticket ticket) override { queue(std::move(ticket)); }
  void outcome(Outcome outcome) override { queue(std::move(outcome)); }
  void refused(Refusal refusal) override { queue(std::move(refusal)); }
  void signal(Signal signal) override { queue(std::move(signal)); }
  void crash(Crash crash) override { queue(std::move(crash)); }
  void note(Instant at, std::string kind, std::string subject, std::string detail) override {
    queue(Note{at, std::move(kind), std::move(subject), std::move(detail)});
  }
  void conditions(std::vector<Condition> conditions) override { queue(std::move(conditions)); }
  void marks(MachineMarks marks) override { queue(std::move(marks)); }
  void end_run(RunEnd end) override { queue(std::move(end)); }

  Task<Status> commit() override {
    const std::uint64_t wanted = queued_;
    while (!failure_ && committed_ < wanted) {
      if (flushing_) {
        co_await done_.wait();
      } else {
        co_await flush();
      }
    }
    co_return state();
  }

  Task<Result<int>> stop_requested() override {
    if (failure_) {
      co_return *failure_;
    }
    Result<int> level = 0;
    const std::function<void()> work = [this, &level] { level = writer_->stop_level(); };
    auto reading = runtime_.offload(OffloadLane::journal, work);
    co_await std::move(reading);
    co_return level;
  }

private:
  void queue(Record record) {
    if (!failure_) { // after a failure nothing is kept: a run that goes on regardless must not fill the
                     // memory
      pending_.push_back(std::move(record));
      ++queued_;
    }
  }

  Status state() const {
    if (failure_) {
      return *failure_;
    }
    return Unit{};
  }

  Task<Unit> flush() {
    flushing_ = true;
    co_await runtime_.yield();
    const std::vector<Record> batch = std::exchange(pending_, {});
    const std::uint64_t reached = queued_;
    Status written = Unit{};
    const std::function<void()> work = [this, &batch, &written] { written = writer_->write(batch); };
    auto writing = runtime_.offload(OffloadLane::journal, work);
    co_await std::move(writing);
    if (written) {
      committed_ = reached;
    } else {
      failure_ = std::move(written.error());
      pending_.clear();
    }
    flushing_ = false;
    done_.notify_all();
    co_return Unit{};
  }

  Runtime& runtime_;
  Notify done_;
  std::unique_ptr<Writer> writer_; // used on the journal's lane only
  std::vector<Record> pending_;
  std::uint64_t queued_ = 0;
  std::uint64_t committed_ = 0;
  bool flushing_ = false;
  std::optional<Error> failure_;
};

} // namespace

Result<std::unique_ptr<Journal>> open_journal(Runtime& runtime, const std::string& path,
                                              const JournalOptions& options) {
  auto writer = std::make_unique<Writer>(path, options.durable, options.patience);
  Status status = writer->status();
  if (status && !options.resume.empty()) {
    status = writer->resume(options.resume);
  }
  if (!status) {
    return status.error();
  }
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(runtime, std::move(writer)));
}

std::string make_run_id(Runtime& runtime) {
  const auto now = std::chrono::floor<std::chrono::seconds>(runtime.civil_now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  std::string chance = runtime.make_guid().substr(0, 4);
  std::ranges::transform(chance, chance.begin(), [](unsigned char c) { return std::tolower(c); });
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(), chance);
}

} // namespace migstorm
