// Turns records into rows: one transaction per batch, all of it or nothing. Blocking; lives on the journal's
// lane.
#pragma once

#include "harness/journal/lease.hpp"
#include "harness/journal/records.hpp"
#include "harness/journal/sqlite.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

class Writer {
public:
  // `durable` false leaves out waiting for the disk: for simulated runs, which can be run again.
  Writer(std::string path, bool durable, std::chrono::milliseconds patience);

  Status status() const { return database_.status(); }
  // Goes on with a run that ended resumable or whose process died.
  Status resume(std::string_view run);
  Status write(const std::vector<Record>& batch);
  // What another process asked for: 0 nothing, 1 finish, 2 abandon.
  Result<int> stop_level();

private:
  // Prepared once; each needs the tables, so they come after the schema.
  struct Tables {
    explicit Tables(sqlite::Database& database);
    sqlite::Statement intend, attempt, ticket, outcome, skip, refuse_step, refuse_attempt;
    sqlite::Statement crash, crash_reasons_gone, crash_reason, signal, note, mark, stop_level;
  };

  void apply(const BeginRun& begin);
  void apply(const Intent& intent);
  void apply(const Ticket& ticket);
  void apply(const Outcome& outcome);
  void apply(const Refusal& refusal);
  void apply(const Signal& signal);
  void apply(const Crash& crash);
  void apply(const Note& note);
  void apply(const Conditions& conditions);
  void apply(const MachineMarks& marks);
  void apply(const RunEnd& end);
  void insert_run(const RunRecord& run);
  void insert_guests(const std::vector<PlanGuest>& guests);
  void insert_steps(const std::vector<Step>& steps);
  void take_lease(std::string_view run);
  void forget_end();
  void expect_one(int changed, std::uint32_t step, std::uint32_t attempt, std::string_view what);

  std::string path_;
  sqlite::Database database_;
  std::optional<Tables> tables_;
  std::optional<Lease> lease_;
  std::int64_t run_ = 0; // row of the run that is written; 0 before it began
};

} // namespace migstorm
