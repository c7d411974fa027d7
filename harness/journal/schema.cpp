#include "harness/journal/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace migstorm {

namespace {

constexpr int kApplicationId = 0x6d677374; // "mgst", in the file's header

// Instants and spans are nanoseconds of cluster time, epochs nanoseconds since 1970 UTC, unsigned 64-bit
// values are stored by their bits. A step's state: 0 planned, 1 intended, 2 completed, 3 failed, 4 unknown, 5
// skipped. The triggers hold the life of a step against every writer, not only against ours: planned ->
// intended -> (planned | an outcome), planned -> skipped, and an outcome is for ever.
constexpr const char* kVersion1 = R"sql(
PRAGMA application_id = 1835496308;

CREATE TABLE run (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (id <> ''),
  scenario_name TEXT NOT NULL, scenario_path TEXT NOT NULL, scenario_source TEXT NOT NULL,
  lab_path TEXT NOT NULL, lab_source TEXT NOT NULL,
  campaign INTEGER NOT NULL CHECK (campaign BETWEEN 0 AND 2),
  seed INTEGER NOT NULL, epoch INTEGER NOT NULL, version TEXT NOT NULL);

CREATE TABLE guest (
  run INTEGER NOT NULL, number INTEGER NOT NULL,
  id TEXT NOT NULL, name TEXT NOT NULL, host TEXT NOT NULL,
  PRIMARY KEY (run, number)) WITHOUT ROWID;

CREATE TABLE guest_reach (
  run INTEGER NOT NULL, guest INTEGER NOT NULL, position INTEGER NOT NULL, host TEXT NOT NULL,
  PRIMARY KEY (run, guest, position)) WITHOUT ROWID;

CREATE TABLE step (
  run INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number >= 0),
  guest INTEGER NOT NULL, from_host TEXT NOT NULL, to_host TEXT NOT NULL, dwell INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  ended_at INTEGER, ended_on TEXT, qualified INTEGER CHECK (qualified IN (0, 1)), reason TEXT, error TEXT,
  CHECK ((state >= 2) = (ended_at IS NOT NULL)),
  CHECK (state NOT IN (1, 2, 3, 4) OR attempts > 0),
  PRIMARY KEY (run, number)) WITHOUT ROWID;

CREATE TRIGGER step_begins_planned BEFORE INSERT ON step WHEN NEW.state <> 0
BEGIN SELECT RAISE(ABORT, 'a step begins as planned'); END;
CREATE TRIGGER step_outcome_is_final BEFORE UPDATE ON step WHEN OLD.state >= 2
BEGIN SELECT RAISE(ABORT, 'a step that has its outcome cannot get another'); END;
CREATE TRIGGER step_is_intended_first BEFORE UPDATE ON step WHEN OLD.state = 0 AND NEW.state NOT IN (0, 1, 5)
BEGIN SELECT RAISE(ABORT, 'a step that was not intended cannot have an outcome'); END;
CREATE TRIGGER step_in_flight_is_not_skipped BEFORE UPDATE ON step WHEN OLD.state = 1 AND NEW.state IN (1, 5)
BEGIN SELECT RAISE(ABORT, 'a step in flight cannot be intended again or skipped'); END;

CREATE TABLE attempt (
  run INTEGER NOT NULL, step INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  guest TEXT NOT NULL, cluster_group TEXT, from_host TEXT NOT NULL, to_host TEXT NOT NULL,
  via INTEGER NOT NULL CHECK (via IN (0, 1)), intended_at INTEGER NOT NULL,
  ticket_via INTEGER CHECK (ticket_via IN (0, 1)), ticket_host TEXT, ticket_job TEXT, ticket_at INTEGER,
  refused_at INTEGER, refusal TEXT,
  PRIMARY KEY (run, step, number)) WITHOUT ROWID;

CREATE TABLE crash (
  run INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  guest TEXT NOT NULL, guest_name TEXT NOT NULL, host TEXT NOT NULL, step INTEGER,
  noticed INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
  bugcheck INTEGER NOT NULL, parameter1 INTEGER NOT NULL, parameter2 INTEGER NOT NULL,
  parameter3 INTEGER NOT NULL, parameter4 INTEGER NOT NULL,
  signature TEXT NOT NULL, known_issue TEXT NOT NULL, dump_path TEXT NOT NULL,
  PRIMARY KEY (run, number)) WITHOUT ROWID;

CREATE TABLE crash_reason (
  run INTEGER NOT NULL, crash INTEGER NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (run, crash, position)) WITHOUT ROWID;

CREATE TABLE signal (
  run INTEGER NOT NULL, kind INTEGER NOT NULL, guest TEXT NOT NULL, host TEXT NOT NULL,
  noticed INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
  bugcheck INTEGER NOT NULL, parameter1 INTEGER NOT NULL, parameter2 INTEGER NOT NULL,
  parameter3 INTEGER NOT NULL, parameter4 INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX signal_by_time ON signal (run, noticed);

CREATE TABLE note (
  run INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX note_by_time ON note (run, at);

CREATE TABLE run_end (
  run INTEGER PRIMARY KEY,
  verdict TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  requests INTEGER NOT NULL, faults INTEGER NOT NULL, retries INTEGER NOT NULL,
  connections INTEGER NOT NULL, authentications INTEGER NOT NULL,
  longest_turn INTEGER NOT NULL, resumable INTEGER NOT NULL CHECK (resumable IN (0, 1)));

CREATE TABLE detector (
  run INTEGER NOT NULL, position INTEGER NOT NULL, kind INTEGER NOT NULL,
  applicable INTEGER NOT NULL CHECK (applicable IN (0, 1)), alive INTEGER NOT NULL, total INTEGER NOT NULL,
  PRIMARY KEY (run, position)) WITHOUT ROWID;

CREATE TABLE stop_request (run INTEGER PRIMARY KEY, level INTEGER NOT NULL CHECK (level IN (1, 2)));
)sql";

// What is remembered from run to run: guests that a person or an earlier run has seen, credentials that a
// host has rejected. `lab` is the cluster's id, its name, or the lab file's path.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE seen_guest (
  scenario TEXT NOT NULL, lab TEXT NOT NULL, guest TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (scenario, lab, guest)) WITHOUT ROWID;

CREATE TABLE rejected_credential (
  lab TEXT NOT NULL, credential TEXT NOT NULL, principal TEXT NOT NULL, host TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (lab, credential)) WITHOUT ROWID;

CREATE TABLE condition (
  run INTEGER NOT NULL, position INTEGER NOT NULL,
  subject TEXT NOT NULL, what TEXT NOT NULL, at_start TEXT NOT NULL, at_end TEXT,
  PRIMARY KEY (run, position)) WITHOUT ROWID;
)sql";

// Bytes; NULL where nothing was measured, and in runs of earlier versions.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE step ADD COLUMN grown INTEGER;
)sql";

// How far event logs were taken in: of each machine and log the newest record. `log`: 0 worker, 1 VMMS, 2
// high availability, 3 integration, 4 System.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE event_mark (
  run INTEGER NOT NULL, machine TEXT NOT NULL, log INTEGER NOT NULL CHECK (log BETWEEN 0 AND 4),
  record INTEGER NOT NULL, time INTEGER NOT NULL,
  PRIMARY KEY (run, machine, log)) WITHOUT ROWID;
)sql";

constexpr std::array kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4};

bool has_table(sqlite::Database& database, std::string_view name) {
  return sqlite::read_one<int>(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
                               name)
      .has_value();
}

void check_is_known(sqlite::Database& database, int version, Migrations migrations) {
  if (version > static_cast<int>(migrations.size())) {
    database.refuse(Errc::unsupported,
                    fmt::format("it was written by a newer migstorm (format {}, this program "
                                "knows up to {}); use that one",
                                version, migrations.size()));
  }
}

} // namespace

Migrations journal_migrations() noexcept { return kMigrations; }

int read_schema_version(sqlite::Database& database) {
  const auto tables = sqlite::read_one<int>(database, "SELECT count(*) FROM sqlite_master");
  if (!tables || *tables == 0) {
    return 0;
  }
  const auto application = sqlite::read_one<int>(database, "PRAGMA application_id");
  if (application != kApplicationId || !has_table(database, "schema_version")) {
    database.refuse(Errc::malformed, "it is a database of another program, not a journal");
    return 0;
  }
  return sqlite::read_one<int>(database, "SELECT version FROM schema_version").value_or(0);
}

void upgrade_schema(sqlite::Database& database, Migrations migrations) {
  int version = read_schema_version(database);
  check_is_known(database, version, migrations);
  if (version == static_cast<int>(migrations.size())) {
    return;
  }
  database.execute("BEGIN IMMEDIATE");
  version = read_schema_version(database); // another process may have been here in the meantime
  check_is_known(database, version, migrations);
  if (version == 0) {
    database.execute("CREATE TABLE schema_version (version INTEGER NOT NULL);"
                     "INSERT INTO schema_version VALUES (0)");
  }
  for (auto next = static_cast<std::size_t>(version); database.ok() && next < migrations.size(); ++next) {
    database.execute(migrations[next]);
    sqlite::Statement(database, "UPDATE schema_version SET version = ?").run(next + 1);
  }
  database.execute("COMMIT");
  if (!database.ok()) {
    database.rollback();
  }
}

} // namespace migstorm
