// A journal in memory. Only what was committed is there for a resume, as after a power cut.
#pragma once

#include <migstorm/journal.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace migstorm::testing {

struct JournalNote {
  Instant at{};
  std::string kind;
  std::string subject;
  std::string detail;
};

class MemoryJournal final : public Journal {
public:
  void begin_run(RunRecord run, std::vector<PlanGuest> guests, std::vector<Step> steps) override {
    queue([=, this] {
      durable.run = run;
      durable.guests = guests;
      durable.steps.clear();
      for (const Step& step : steps) {
        durable.steps.emplace_back().step = step;
      }
    });
  }
  void intend(Intent intent) override {
    intents_queued.push_back(intent);
    queue([=, this] {
      StepRecord& record = durable.steps.at(intent.step);
      if (record.state != StepState::planned || intent.attempt != record.attempts + 1) {
        violations.push_back("step " + std::to_string(intent.step) + " is intended out of turn");
      }
      record.state = StepState::intended;
      record.attempts = intent.attempt;
      record.intent = intent;
      record.ticket.reset();
      seen(intent.at);
    });
  }
  void ticket(Ticket ticket) override {
    queue([=, this] { durable.steps.at(ticket.step).ticket = ticket; });
  }
  void conditions(std::vector<Condition> conditions) override {
    queue([=, this] { durable.conditions = conditions; });
  }
  void outcome(Outcome outcome) override {
    queue([=, this] {
      StepRecord& record = durable.steps.at(outcome.step);
      if (record.outcome) {
        violations.push_back("step " + std::to_string(outcome.step) + " has a second outcome");
      }
      if (outcome.state != StepState::skipped && record.state != StepState::intended) {
        violations.push_back("step " + std::to_string(outcome.step) + " has an outcome without an intention");
      }
      record.state = outcome.state;
      record.outcome = outcome;
      seen(outcome.at);
    });
  }
  void refused(Refusal refusal) override {
    queue([=, this] {
      durable.steps.at(refusal.step).state = StepState::planned;
      refusals.push_back(refusal);
    });
  }
  void signal(Signal signal) override { signals.push_back(std::move(signal)); }
  void crash(Crash crash) override {
    queue([=, this] {
      const auto known = std::find_if(durable.crashes.begin(), durable.crashes.end(),
                                      [&](const Crash& each) { return each.number == crash.number; });
      if (known == durable.crashes.end()) {
        durable.crashes.push_back(crash);
      } else {
        *known = crash;
      }
    });
  }
  void note(Instant at, std::string kind, std::string subject, std::string detail) override {
    notes.push_back({at, std::move(kind), std::move(subject), std::move(detail)});
  }
  void marks(MachineMarks marks) override {
    queue([=, this] {
      std::erase_if(durable.marks, [&](const MachineMarks& each) { return each.machine == marks.machine; });
      durable.marks.push_back(marks);
    });
  }
  void end_run(RunEnd end) override {
    queue([=, this] { durable.end = end; });
  }

  Task<Status> commit() override {
    ++commits;
    if (commits > commits_until_full) {
      queued_.clear();
      co_return Error{Errc::storage, "disk full"};
    }
    for (const auto& apply : queued_) {
      apply();
    }
    queued_.clear();
    co_return Unit{};
  }
  Task<Result<int>> stop_requested() override { co_return stop_level; }

  std::size_t count(StepState state) const {
    return static_cast<std::size_t>(
        std::count_if(durable.steps.begin(), durable.steps.end(),
                      [&](const StepRecord& each) { return each.state == state; }));
  }
  std::size_t noted(const std::string& kind) const {
    return static_cast<std::size_t>(std::count_if(
        notes.begin(), notes.end(), [&](const JournalNote& each) { return each.kind == kind; }));
  }

  LoadedRun durable;
  std::vector<Refusal> refusals;
  std::vector<Signal> signals;
  std::vector<JournalNote> notes;
  std::vector<Intent> intents_queued;
  std::vector<std::string> violations;
  std::uint64_t commits = 0;
  std::uint64_t commits_until_full = UINT64_MAX;
  int stop_level = 0;

private:
  void queue(std::function<void()> apply) { queued_.push_back(std::move(apply)); }
  void seen(Instant at) { durable.last = std::max(durable.last, at); }

  std::vector<std::function<void()>> queued_;
};

} // namespace migstorm::testing
