#include "harness/journal/writer.hpp"

#include "harness/journal/schema.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm {

namespace {

constexpr std::size_t kTextMax = std::size_t{64} << 10; // of one text that a host or guest had a say in

std::string_view clipped(std::string_view text) noexcept { return text.substr(0, kTextMax); }

constexpr const char* kMemory = ":memory:";

void prepare_file(sqlite::Database& database, const std::string& path, bool durable) {
  // Zeroes in what is unused: two runs with the same records are then the same file, byte for byte.
  database.execute("PRAGMA secure_delete = ON");
  if (read_schema_version(database) == 0 && database.ok() && path != kMemory) {
    const auto mode = sqlite::read_one<std::string>(database, "PRAGMA journal_mode = WAL");
    if (database.ok() && mode != "wal") {
      database.refuse(Errc::storage, "its file system has no shared memory, which a write-ahead log needs");
    }
  }
  database.execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  upgrade_schema(database, journal_migrations());
}

} // namespace

Writer::Tables::Tables(sqlite::Database& database)
    : intend(database, "UPDATE step SET state = 1, attempts = ?3 "
                       "WHERE run = ?1 AND number = ?2 AND state = 0 AND attempts < ?3"),
      attempt(database,
              "INSERT INTO attempt (run, step, number, guest, cluster_group, from_host, to_host, via, "
              "intended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      ticket(database,
             "UPDATE attempt SET ticket_via = ?4, ticket_host = ?5, ticket_job = ?6, ticket_at = ?7 "
             "WHERE run = ?1 AND step = ?2 AND number = ?3"),
      outcome(database,
              "UPDATE step SET state = ?4, ended_at = ?5, ended_on = ?6, qualified = ?7, reason = ?8, "
              "error = ?9, grown = ?10 WHERE run = ?1 AND number = ?2 AND state = 1 AND attempts = ?3"),
      skip(database, "UPDATE step SET state = 5, ended_at = ?3, ended_on = ?4, qualified = 0, reason = ?5, "
                     "error = ?6 WHERE run = ?1 AND number = ?2 AND state = 0"),
      refuse_step(database,
                  "UPDATE step SET state = 0 WHERE run = ?1 AND number = ?2 AND state = 1 AND attempts = ?3"),
      refuse_attempt(database, "UPDATE attempt SET refused_at = ?4, refusal = ?5 "
                               "WHERE run = ?1 AND step = ?2 AND number = ?3"),
      crash(database,
            "INSERT OR REPLACE INTO crash VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      crash_reasons_gone(database, "DELETE FROM crash_reason WHERE run = ? AND crash = ?"),
      crash_reason(database, "INSERT INTO crash_reason VALUES (?, ?, ?, ?)"),
      signal(database, "INSERT INTO signal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      note(database, "INSERT INTO note VALUES (?, ?, ?, ?, ?)"),
      mark(database, "INSERT OR REPLACE INTO event_mark VALUES (?, ?, ?, ?, ?)"),
      stop_level(database, "SELECT level FROM stop_request WHERE run = ?") {}

Writer::Writer(std::string path, bool durable, std::chrono::milliseconds patience)
    : path_(std::move(path)), database_(path_, sqlite::Access::create, patience) {
  prepare_file(database_, path_, durable);
  if (database_.ok()) {
    tables_.emplace(database_);
  }
}

Status Writer::resume(std::string_view run) {
  take_lease(run);
  run_ = sqlite::read_one<std::int64_t>(database_, "SELECT number FROM run WHERE id = ?", run).value_or(0);
  if (run_ == 0) {
    database_.refuse(Errc::not_found, fmt::format("there is no run {}", run));
  }
  const auto verdict = sqlite::read_one<std::string>(
      database_, "SELECT verdict FROM run_end WHERE run = ? AND resumable = 0", run_);
  if (verdict) {
    database_.refuse(Errc::unsupported, fmt::format("run {} has ended ({}); there is nothing to resume", run,
                                                    verdict->empty() ? "no verdict" : *verdict));
  }
  database_.execute("BEGIN IMMEDIATE");
  forget_end();
  database_.execute("COMMIT");
  if (!database_.ok()) {
    database_.rollback();
  }
  return database_.status();
}

Status Writer::write(const std::vector<Record>& batch) {
  database_.execute("BEGIN IMMEDIATE");
  bool ended = false;
  for (const Record& record : batch) {
    if (run_ == 0 && !std::holds_alternative<BeginRun>(record)) {
      database_.refuse(Errc::malformed, "a record came before its run was begun");
    }
    std::visit([this](const auto& one) { apply(one); }, record);
    ended = ended || std::holds_alternative<RunEnd>(record);
  }
  database_.execute("COMMIT");
  if (!database_.ok()) {
    database_.rollback();
    return database_.status();
  }
  if (ended) {
    // Everything is durable by now; a reader that holds the log open only postpones this.
    database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    database_.forget();
  }
  return Unit{};
}

Result<int> Writer::stop_level() {
  if (auto status = database_.status(); !status) {
    return status.error();
  }
  int level = 0;
  tables_->stop_level.query(run_);
  while (tables_->stop_level.row()) {
    tables_->stop_level.into(level);
  }
  if (auto status = database_.status(); !status) {
    database_.forget(); // nothing was written, so nothing is half written
    return status.error();
  }
  return level;
}

void Writer::take_lease(std::string_view run) {
  if (!database_.ok() || path_ == kMemory) {
    return;
  }
  auto lease = Lease::take(path_, run);
  if (!lease) {
    database_.refuse(lease.error().code, lease.error().detail);
    return;
  }
  lease_.emplace(*std::move(lease));
}

// A run that goes on has no end, and a stop that was asked of its last life is not for this one.
void Writer::forget_end() {
  sqlite::Statement(database_, "DELETE FROM run_end WHERE run = ?").run(run_);
  sqlite::Statement(database_, "DELETE FROM detector WHERE run = ?").run(run_);
  sqlite::Statement(database_, "DELETE FROM stop_request WHERE run = ?").run(run_);
}

void Writer::expect_one(int changed, std::uint32_t step, std::uint32_t attempt, std::string_view what) {
  if (database_.ok() && changed != 1) {
    database_.refuse(Errc::malformed,
                     fmt::format("{} of step {}, attempt {}: the step is not in a state that allows it", what,
                                 step, attempt));
  }
}

void Writer::apply(const BeginRun& begin) {
  if (run_ != 0) {
    database_.refuse(Errc::malformed, "a second run was begun through the same journal");
    return;
  }
  take_lease(begin.run.id);
  insert_run(begin.run);
  insert_guests(begin.guests);
  insert_steps(begin.steps);
}

void Writer::insert_run(const RunRecord& run) {
  sqlite::Statement(database_,
                    "INSERT INTO run (id, scenario_name, scenario_path, scenario_source, lab_path, "
                    "lab_source, campaign, seed, epoch, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(run.id, run.scenario_name, run.scenario_path, run.scenario_source, run.lab_path, run.lab_source,
           run.campaign, run.seed, run.epoch, run.version);
  run_ = sqlite::read_one<std::int64_t>(database_, "SELECT number FROM run WHERE id = ?", run.id).value_or(0);
}

void Writer::insert_guests(const std::vector<PlanGuest>& guests) {
  sqlite::Statement guest(database_, "INSERT INTO guest VALUES (?, ?, ?, ?, ?)");
  sqlite::Statement reach(database_, "INSERT INTO guest_reach VALUES (?, ?, ?, ?)");
  for (std::size_t number = 0; number < guests.size(); ++number) {
    guest.run(run_, number, guests[number].id, guests[number].name, guests[number].host);
    for (std::size_t position = 0; position < guests[number].reach.size(); ++position) {
      reach.run(run_, number, position, guests[number].reach[position]);
    }
  }
}

void Writer::insert_steps(const std::vector<Step>& steps) {
  sqlite::Statement insert(database_,
                           "INSERT INTO step (run, number, guest, from_host, to_host, dwell, state, "
                           "attempts) VALUES (?, ?, ?, ?, ?, ?, 0, 0)");
  for (const Step& step : steps) {
    insert.run(run_, step.index, step.guest, step.from, step.to, step.dwell);
  }
}

void Writer::apply(const Intent& intent) {
  const int changed = tables_->intend.run(run_, intent.step, intent.attempt);
  expect_one(changed, intent.step, intent.attempt, "intention");
  const hyperv::Move& move = intent.move;
  tables_->attempt.run(run_, intent.step, intent.attempt, move.guest, move.group, move.from, move.to,
                       move.via, intent.at);
}

void Writer::apply(const Ticket& ticket) {
  const int changed = tables_->ticket.run(run_, ticket.step, ticket.attempt, ticket.ticket.via,
                                          ticket.ticket.host, ticket.ticket.job, ticket.at);
  expect_one(changed, ticket.step, ticket.attempt, "ticket");
}

void Writer::apply(const Outcome& outcome) {
  const std::string_view reason = clipped(outcome.unqualified_reason);
  const std::string_view error = clipped(outcome.error);
  int changed = 0;
  if (outcome.state == StepState::skipped) {
    changed = tables_->skip.run(run_, outcome.step, outcome.at, outcome.ended_on, reason, error);
  } else if (outcome.state > StepState::intended) {
    changed = tables_->outcome.run(run_, outcome.step, outcome.attempt, outcome.state, outcome.at,
                                   outcome.ended_on, outcome.qualified, reason, error, outcome.grown);
  }
  expect_one(changed, outcome.step, outcome.attempt, "outcome");
}

void Writer::apply(const Refusal& refusal) {
  const int changed = tables_->refuse_step.run(run_, refusal.step, refusal.attempt);
  expect_one(changed, refusal.step, refusal.attempt, "refusal");
  tables_->refuse_attempt.run(run_, refusal.step, refusal.attempt, refusal.at, clipped(refusal.error));
}

void Writer::apply(const Signal& signal) {
  const auto& p = signal.parameters;
  tables_->signal.run(run_, signal.kind, signal.guest, signal.host, signal.noticed, signal.earliest,
                      signal.latest, signal.bugcheck, p[0], p[1], p[2], p[3], clipped(signal.detail));
}

void Writer::apply(const Crash& crash) {
  const auto& p = crash.parameters;
  tables_->crash.run(run_, crash.number, crash.guest, crash.guest_name, crash.host, crash.step, crash.noticed,
                     crash.earliest, crash.latest, crash.bugcheck, p[0], p[1], p[2], p[3],
                     clipped(crash.signature), clipped(crash.known_issue), clipped(crash.dump_path));
  tables_->crash_reasons_gone.run(run_, crash.number);
  for (std::size_t position = 0; position < crash.reasons.size(); ++position) {
    tables_->crash_reason.run(run_, crash.number, position, clipped(crash.reasons[position]));
  }
}

void Writer::apply(const Note& note) {
  tables_->note.run(run_, note.at, clipped(note.kind), clipped(note.subject), clipped(note.detail));
}

void Writer::apply(const Conditions& conditions) {
  sqlite::Statement(database_, "DELETE FROM condition WHERE run = ?").run(run_);
  sqlite::Statement row(database_, "INSERT INTO condition VALUES (?, ?, ?, ?, ?, ?)");
  for (std::size_t position = 0; position < conditions.size(); ++position) {
    const Condition& one = conditions[position];
    std::optional<std::string> at_end;
    if (one.at_end) {
      at_end = clipped(*one.at_end);
    }
    row.run(run_, position, clipped(one.subject), clipped(one.what), clipped(one.at_start), at_end);
  }
}

void Writer::apply(const MachineMarks& marks) {
  for (const hyperv::EventMark& mark : marks.marks) {
    tables_->mark.run(run_, clipped(marks.machine), mark.log, mark.record, mark.time);
  }
}

void Writer::apply(const RunEnd& end) {
  sqlite::Statement(database_, "INSERT INTO run_end VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(run_, end.verdict, end.reason, end.at, end.wire.requests, end.wire.faults, end.wire.retries,
           end.wire.connections, end.wire.authentications, end.longest_turn, end.resumable);
  sqlite::Statement detector(database_, "INSERT INTO detector VALUES (?, ?, ?, ?, ?, ?)");
  for (std::size_t position = 0; position < end.detectors.size(); ++position) {
    const DetectorAlive& one = end.detectors[position];
    detector.run(run_, position, one.kind, one.applicable, one.alive, one.total);
  }
}

} // namespace migstorm
