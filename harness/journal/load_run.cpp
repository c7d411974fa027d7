#include "harness/journal/load_run.hpp"

#include "harness/journal/schema.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm {

namespace {

using sqlite::Database;
using sqlite::Statement;

RunRecord read_record(Database& database, std::int64_t run) {
  RunRecord record;
  Statement rows(database, "SELECT id, scenario_name, scenario_path, scenario_source, lab_path, lab_source, "
                           "campaign, seed, epoch, version FROM run WHERE number = ?");
  rows.query(run);
  while (rows.row()) {
    rows.into(record.id, record.scenario_name, record.scenario_path, record.scenario_source, record.lab_path,
              record.lab_source, record.campaign, record.seed, record.epoch, record.version);
  }
  return record;
}

std::vector<PlanGuest> read_guests(Database& database, std::int64_t run) {
  std::vector<PlanGuest> guests;
  Statement rows(database, "SELECT id, name, host FROM guest WHERE run = ? ORDER BY number");
  rows.query(run);
  while (rows.row()) {
    PlanGuest& guest = guests.emplace_back();
    rows.into(guest.id, guest.name, guest.host);
  }
  Statement reach(database, "SELECT guest, host FROM guest_reach WHERE run = ? ORDER BY guest, position");
  reach.query(run);
  while (reach.row()) {
    std::size_t guest = 0;
    hyperv::HostName host;
    reach.into(guest, host);
    if (guest < guests.size()) {
      guests[guest].reach.push_back(std::move(host));
    }
  }
  return guests;
}

// The columns of a step and of its newest attempt, as they come from the join.
struct StepRow {
  StepRecord record;
  Outcome outcome;
  Intent intent;
  Ticket ticket;
  std::optional<std::int64_t> intended_at;
  std::optional<std::int64_t> ticket_at;

  StepRecord finish() && {
    record.attempts = intent.attempt;
    outcome.step = intent.step = ticket.step = record.step.index;
    outcome.attempt = ticket.attempt = intent.attempt;
    outcome.state = record.state;
    if (record.state > StepState::intended) {
      record.outcome = std::move(outcome);
    }
    if (intended_at) {
      intent.at = Instant(*intended_at);
      record.intent = std::move(intent);
    }
    if (ticket_at) {
      ticket.at = Instant(*ticket_at);
      record.ticket = std::move(ticket);
    }
    return std::move(record);
  }
};

std::vector<StepRecord> read_steps(Database& database, std::int64_t run, std::size_t guests) {
  std::vector<StepRecord> steps;
  Statement rows(
      database,
      "SELECT s.number, s.guest, s.from_host, s.to_host, s.dwell, s.state, s.attempts, s.ended_at, "
      "s.ended_on, s.qualified, s.reason, s.error, s.grown, a.guest, a.cluster_group, a.from_host, "
      "a.to_host, "
      "a.via, a.intended_at, a.ticket_via, a.ticket_host, a.ticket_job, a.ticket_at "
      "FROM step s LEFT JOIN attempt a ON a.run = s.run AND a.step = s.number AND a.number = s.attempts "
      "WHERE s.run = ? ORDER BY s.number");
  rows.query(run);
  while (rows.row()) {
    StepRow row;
    Step& step = row.record.step;
    hyperv::Move& move = row.intent.move;
    hyperv::MoveTicket& ticket = row.ticket.ticket;
    rows.into(step.index, step.guest, step.from, step.to, step.dwell, row.record.state, row.intent.attempt,
              row.outcome.at, row.outcome.ended_on, row.outcome.qualified, row.outcome.unqualified_reason,
              row.outcome.error, row.outcome.grown, move.guest, move.group, move.from, move.to, move.via,
              row.intended_at, ticket.via, ticket.host, ticket.job, row.ticket_at);
    if (step.index != steps.size() || step.guest >= guests) {
      database.refuse(Errc::malformed,
                      fmt::format("step {} of guest {} stands where step {} of {} guests should", step.index,
                                  step.guest, steps.size(), guests));
    }
    steps.push_back(std::move(row).finish());
  }
  return steps;
}

std::vector<Crash> read_crashes(Database& database, std::int64_t run) {
  std::vector<Crash> crashes;
  Statement rows(database,
                 "SELECT number, guest, guest_name, host, step, noticed, earliest, latest, bugcheck, "
                 "parameter1, parameter2, parameter3, parameter4, signature, known_issue, dump_path "
                 "FROM crash WHERE run = ? ORDER BY number");
  rows.query(run);
  while (rows.row()) {
    Crash& crash = crashes.emplace_back();
    auto& p = crash.parameters;
    rows.into(crash.number, crash.guest, crash.guest_name, crash.host, crash.step, crash.noticed,
              crash.earliest, crash.latest, crash.bugcheck, p[0], p[1], p[2], p[3], crash.signature,
              crash.known_issue, crash.dump_path);
  }
  Statement reasons(database,
                    "SELECT crash, reason FROM crash_reason WHERE run = ? ORDER BY crash, position");
  reasons.query(run);
  while (reasons.row()) {
    std::uint32_t number = 0;
    std::string reason;
    reasons.into(number, reason);
    const auto crash = std::ranges::find(crashes, number, &Crash::number);
    if (crash != crashes.end()) {
      crash->reasons.push_back(std::move(reason));
    }
  }
  return crashes;
}

Instant read_last(Database& database, std::int64_t run) {
  constexpr const char* kNewest =
      "SELECT max(coalesce((SELECT max(ended_at) FROM step WHERE run = ?1), 0),"
      " coalesce((SELECT max(max(intended_at, coalesce(ticket_at, 0), coalesce(refused_at, 0)))"
      "   FROM attempt WHERE run = ?1), 0),"
      " coalesce((SELECT max(noticed) FROM crash WHERE run = ?1), 0),"
      " coalesce((SELECT max(noticed) FROM signal WHERE run = ?1), 0),"
      " coalesce((SELECT max(at) FROM note WHERE run = ?1), 0),"
      " coalesce((SELECT at FROM run_end WHERE run = ?1), 0))";
  return sqlite::read_one<Instant>(database, kNewest, run).value_or(Instant{});
}

} // namespace

std::optional<RunEnd> read_end(Database& database, std::int64_t run) {
  std::optional<RunEnd> end;
  Statement rows(database,
                 "SELECT verdict, reason, at, requests, faults, retries, connections, authentications, "
                 "longest_turn, resumable FROM run_end WHERE run = ?");
  rows.query(run);
  while (rows.row()) {
    end.emplace();
    hyperv::WireCounters& wire = end->wire;
    rows.into(end->verdict, end->reason, end->at, wire.requests, wire.faults, wire.retries, wire.connections,
              wire.authentications, end->longest_turn, end->resumable);
  }
  Statement detectors(database,
                      "SELECT kind, applicable, alive, total FROM detector WHERE run = ? ORDER BY position");
  detectors.query(run);
  while (end && detectors.row()) {
    DetectorAlive& one = end->detectors.emplace_back();
    detectors.into(one.kind, one.applicable, one.alive, one.total);
  }
  return end;
}

namespace {

std::vector<Condition> read_conditions(Database& database, std::int64_t run) {
  std::vector<Condition> conditions;
  Statement rows(database,
                 "SELECT subject, what, at_start, at_end FROM condition WHERE run = ? ORDER BY position");
  rows.query(run);
  while (rows.row()) {
    Condition& one = conditions.emplace_back();
    rows.into(one.subject, one.what, one.at_start, one.at_end);
  }
  return conditions;
}

std::vector<MachineMarks> read_marks(Database& database, std::int64_t run) {
  std::vector<MachineMarks> machines;
  Statement rows(database,
                 "SELECT machine, log, record, time FROM event_mark WHERE run = ? ORDER BY machine, log");
  rows.query(run);
  while (rows.row()) {
    std::string machine;
    hyperv::EventMark mark;
    rows.into(machine, mark.log, mark.record, mark.time);
    if (machines.empty() || machines.back().machine != machine) {
      machines.emplace_back().machine = std::move(machine);
    }
    machines.back().marks.push_back(mark);
  }
  return machines;
}

} // namespace

LoadedRun read_run(Database& database, std::int64_t run) {
  LoadedRun loaded;
  loaded.run = read_record(database, run);
  loaded.guests = read_guests(database, run);
  loaded.steps = read_steps(database, run, loaded.guests.size());
  loaded.crashes = read_crashes(database, run);
  loaded.end = read_end(database, run);
  loaded.conditions = read_conditions(database, run);
  loaded.marks = read_marks(database, run);
  loaded.last = read_last(database, run);
  return loaded;
}

} // namespace migstorm
