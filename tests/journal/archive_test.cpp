#include "harness/journal/schema.hpp"
#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

int asked(Session& session) {
  const Result<int> level = run(session.runtime, session.journal->stop_requested());
  REQUIRE(level);
  return *level;
}

Error opening_fails(const std::string& path) {
  SimRuntime runtime;
  auto journal = open_journal(runtime, path, {.patience = 20ms});
  REQUIRE_FALSE(journal);
  return journal.error();
}

bool contains(const Error& error, const char* part) { return error.detail.find(part) != std::string::npos; }

} // namespace

TEST_CASE("runs are found by id, by prefix and as the last", "[archive]") {
  const Folder folder;
  for (const char* const id : {"20260101-000000-0001", "20260101-000000-0002", "20260202-000000-0003"}) {
    Session session(folder.file());
    REQUIRE(session.begin(1, id));
  }
  CHECK(load_run(folder.file(), "last")->run.id == "20260202-000000-0003");
  CHECK(load_run(folder.file(), "20260101-000000-0002")->run.id == "20260101-000000-0002");
  CHECK(load_run(folder.file(), "202602")->run.id == "20260202-000000-0003");
  const auto ambiguous = load_run(folder.file(), "202601");
  REQUIRE_FALSE(ambiguous);
  CHECK(contains(ambiguous.error(), "the beginning of 2 runs: 20260101-000000-0001, 20260101-000000-0002"));
  for (const char* const nobody : {"2027", "", "%", "LAST"}) {
    const auto missing = load_run(folder.file(), nobody);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Errc::not_found);
  }
}

TEST_CASE("an id that another one begins with is still found", "[archive]") {
  const Folder folder;
  for (const char* const id : {"run-10", "run-1"}) {
    Session session(folder.file());
    REQUIRE(session.begin(1, id));
  }
  CHECK(load_run(folder.file(), "run-1")->run.id == "run-1");
}

TEST_CASE("a list of runs counts what became of their steps", "[archive]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(5));
  for (std::uint32_t step = 0; step < 4; ++step) {
    session.journal->intend(intent_of(step));
  }
  session.journal->outcome(outcome_of(0));
  session.journal->outcome(outcome_of(1, StepState::failed));
  session.journal->outcome(outcome_of(2, StepState::unknown));
  REQUIRE(session.commit());
  const auto runs = list_runs(folder.file());
  REQUIRE(runs);
  REQUIRE(runs->size() == 1);
  const RunListing& one = runs->front();
  CHECK(one.planned == 5);
  CHECK(one.completed == 1);
  CHECK(one.failed == 1);
  CHECK(one.unknown == 1);
  CHECK(one.qualified == 1);
  CHECK(one.crashes == 0);
  CHECK(one.being_written);
  CHECK_FALSE(one.end);
}

TEST_CASE("a stop is asked of the process that writes the run", "[archive]") {
  const Folder folder;
  {
    Session session(folder.file());
    REQUIRE(session.begin(1));
    CHECK(asked(session) == 0);
    const auto stopped = request_stop(folder.file(), "2026", 1);
    REQUIRE(stopped);
    CHECK(*stopped == "20260101-000000-0001");
    CHECK(asked(session) == 1);
    REQUIRE(request_stop(folder.file(), "last", 2));
    REQUIRE(request_stop(folder.file(), "last", 1)); // does not weaken the one before
    CHECK(asked(session) == 2);
  }
  const auto late = request_stop(folder.file(), "last", 1);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::not_found);
  CHECK(contains(late.error(), "is not running"));
  Session resumed(folder.file(), {.resume = "20260101-000000-0001"});
  CHECK(asked(resumed) == 0); // the request was for its last life
}

TEST_CASE("two processes do not write one run", "[journal][hostile]") {
  const Folder folder;
  SimRuntime runtime;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  const auto second = open_journal(runtime, folder.file(), {.resume = "20260101-000000-0001"});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::storage);
  CHECK(contains(second.error(), "is being written by another process"));
  Session other(folder.file()); // another run in the same file is no conflict
  CHECK(other.begin(1, "20260101-000000-0002"));
}

TEST_CASE("a journal that stays locked stops the run with a sentence", "[journal][hostile]") {
  const Folder folder;
  Session session(folder.file(), {.patience = 20ms});
  REQUIRE(session.begin(2));
  sqlite::Database other(folder.file(), sqlite::Access::write, 1s);
  other.execute("BEGIN IMMEDIATE");
  session.journal->intend(intent_of(0));
  const Status locked = session.commit();
  REQUIRE_FALSE(locked);
  CHECK(locked.error().code == Errc::storage);
  CHECK(contains(locked.error(), "another process holds it locked"));
  other.execute("COMMIT");
  CHECK_FALSE(session.commit());
  CHECK_FALSE(run(session.runtime, session.journal->stop_requested()));
  CHECK(load_run(folder.file(), "last")->steps[0].state == StepState::planned);
}

TEST_CASE("what is no journal is refused and left alone", "[journal][hostile]") {
  const Folder folder;
  std::ofstream(folder.file("text")) << std::string(5000, 'x');
  CHECK(opening_fails(folder.file("text")).code == Errc::malformed);
  sqlite::Database(folder.file("foreign"), sqlite::Access::create, 1s).execute("CREATE TABLE theirs (x)");
  CHECK(contains(opening_fails(folder.file("foreign")), "a database of another program"));
  CHECK_FALSE(list_runs(folder.file("foreign")));
  CHECK(opening_fails("/nonexistent/runs.db").code == Errc::storage);
  const auto missing = list_runs(folder.file("missing"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_FALSE(std::filesystem::exists(folder.file("missing"))); // reading creates nothing
}

TEST_CASE("an older file is brought up to date with its runs kept", "[journal]") {
  const Folder folder;
  {
    Session session(folder.file());
    REQUIRE(session.begin(2));
  }
  const int known = static_cast<int>(journal_migrations().size());
  std::vector<const char*> newer(journal_migrations().begin(), journal_migrations().end());
  newer.push_back("ALTER TABLE run ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'");
  sqlite::Database database(folder.file(), sqlite::Access::write, 1s);
  CHECK(read_schema_version(database) == known);
  upgrade_schema(database, newer);
  REQUIRE(database.ok());
  CHECK(read_schema_version(database) == known + 1);
  CHECK(sqlite::read_one<std::string>(database, "SELECT colour FROM run") == "green");
  CHECK(sqlite::read_one<int>(database, "SELECT count(*) FROM step") == 2);
}

TEST_CASE("a journal from before event logs were marked is gone on with, and has no marks", "[journal]") {
  const Folder folder;
  {
    sqlite::Database database(folder.file(), sqlite::Access::create, 1s);
    upgrade_schema(database, journal_migrations().first(3));
    database.execute(
        "INSERT INTO run (id, scenario_name, scenario_path, scenario_source, lab_path, lab_source, "
        "campaign, seed, epoch, version) VALUES ('old', 's', 's', 's', 'l', 'l', 0, 1, 0, '0.1.0');"
        "INSERT INTO guest VALUES (1, 0, 'G', 'g', 'h');"
        "INSERT INTO step (run, number, guest, from_host, to_host, dwell, state, attempts) "
        "VALUES (1, 0, 0, 'h', 'i', 0, 0, 0)");
    REQUIRE(database.ok());
  }
  const auto run = load_run(folder.file(), "last");
  REQUIRE(run);
  CHECK(run->steps.size() == 1);
  CHECK(run->marks.empty());
  SimRuntime runtime;
  JournalOptions options;
  options.resume = "old";
  auto journal = open_journal(runtime, folder.file(), options);
  REQUIRE(journal);
  (*journal)->marks({"h", {{hyperv::EventLog::worker, 4, {}}}});
  REQUIRE(migstorm::run(runtime, (*journal)->commit()));
  CHECK(load_run(folder.file(), "last")->marks.size() == 1);
}

TEST_CASE("an upgrade that fails leaves the file as it was", "[journal][hostile]") {
  const Folder folder;
  { const Session session(folder.file()); }
  std::vector<const char*> broken(journal_migrations().begin(), journal_migrations().end());
  broken.push_back("CREATE TABLE extra (x)");
  broken.push_back("nonsense");
  sqlite::Database database(folder.file(), sqlite::Access::write, 1s);
  upgrade_schema(database, broken);
  CHECK_FALSE(database.ok());
  database.forget();
  CHECK(read_schema_version(database) == static_cast<int>(journal_migrations().size()));
  CHECK(sqlite::read_one<int>(database, "SELECT count(*) FROM sqlite_master WHERE name = 'extra'") == 0);
}

TEST_CASE("a file of a newer program is refused with both versions", "[journal][hostile]") {
  const Folder folder;
  { const Session session(folder.file()); }
  sqlite::Database(folder.file(), sqlite::Access::write, 1s).execute("UPDATE schema_version SET version = 9");
  const Error error = opening_fails(folder.file());
  CHECK(error.code == Errc::unsupported);
  const std::string both =
      fmt::format("a newer migstorm (format 9, this program knows up to {})", journal_migrations().size());
  CHECK(contains(error, both.c_str()));
  const auto runs = list_runs(folder.file());
  REQUIRE_FALSE(runs);
  CHECK(runs.error().code == Errc::unsupported);
}

TEST_CASE("a database without room tells of a full disk", "[journal][hostile]") {
  const Folder folder;
  sqlite::Database database(folder.file(), sqlite::Access::create, 1s);
  database.execute("PRAGMA max_page_count = 3; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))");
  const Status status = database.status();
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::storage);
  CHECK(contains(status.error(), "the disk is full"));
  database.execute("CREATE TABLE later (x)"); // the first failure stays
  CHECK(database.status().error().detail == status.error().detail);
}

TEST_CASE("a journal of the first format is brought up to date and keeps its runs", "[journal]") {
  const Folder folder;
  {
    sqlite::Database old(folder.file(), sqlite::Access::create, 1s);
    upgrade_schema(old, journal_migrations().first(1));
    sqlite::Statement(old, "INSERT INTO run VALUES (1, 'old', 's', 'p', 'x', 'l', 'y', 0, 1, 2, 'v')").run();
    sqlite::Statement(old, "INSERT INTO run_end VALUES (1, 'PASSED', 'r', 5, 0, 0, 0, 0, 0, 0, 0)").run();
    REQUIRE(old.ok());
  }
  const auto run = load_run(folder.file(), "old");
  REQUIRE(run);
  REQUIRE(run->end);
  CHECK(run->end->verdict == "PASSED");
  CHECK(run->conditions.empty());
}
