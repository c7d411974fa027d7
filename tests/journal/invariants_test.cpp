#include "harness/journal/schema.hpp"
#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

// Commits what `queue` queued into a run of three steps, of which step 0 is intended and step 1 has its
// outcome.
template <class Queue>
Error refused(Queue queue) {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(3));
  session.journal->intend(intent_of(0));
  session.journal->intend(intent_of(1));
  session.journal->outcome(outcome_of(1));
  REQUIRE(session.commit());
  session.journal->note(50s, "beside", "", "goes down with the rest of its group");
  queue(*session.journal);
  const Status status = session.commit();
  REQUIRE_FALSE(status);
  const auto run = load_run(folder.file(), "last");
  REQUIRE(run);
  CHECK(run->steps[0].state == StepState::intended);
  CHECK(run->steps[1].state == StepState::completed);
  CHECK(run->last < Instant(50s));
  const Status later = session.commit();
  REQUIRE_FALSE(later);
  CHECK(later.error().detail == status.error().detail);
  return status.error();
}

void try_sql(const std::string& path, const char* sql, const char* message) {
  sqlite::Database database(path, sqlite::Access::write, 1s);
  database.execute(sql);
  const Status status = database.status();
  REQUIRE_FALSE(status);
  INFO(status.error().detail);
  CHECK(status.error().code == Errc::malformed);
  CHECK(status.error().detail.find(message) != std::string::npos);
}

} // namespace

TEST_CASE("a second outcome for a step is refused and named", "[journal][hostile]") {
  const Error error = refused([](Journal& journal) { journal.outcome(outcome_of(1)); });
  CHECK(error.code == Errc::malformed);
  CHECK(error.detail.find("outcome of step 1, attempt 1") != std::string::npos);
}

TEST_CASE("an outcome needs an intention", "[journal][hostile]") {
  CHECK(refused([](Journal& journal) { journal.outcome(outcome_of(2)); }).code == Errc::malformed);
  CHECK(refused([](Journal& journal) { journal.outcome(outcome_of(77)); }).code == Errc::malformed);
  CHECK(refused([](Journal& j) { j.outcome(outcome_of(0, StepState::completed, 9s, 2)); }).code ==
        Errc::malformed);
}

TEST_CASE("an outcome that is none is refused", "[journal][hostile]") {
  CHECK(refused([](Journal& journal) { journal.outcome(outcome_of(0, StepState::planned)); }).code ==
        Errc::malformed);
  CHECK(refused([](Journal& journal) { journal.outcome(outcome_of(0, StepState::intended)); }).code ==
        Errc::malformed);
}

TEST_CASE("a step in flight is neither intended again nor skipped", "[journal][hostile]") {
  CHECK(refused([](Journal& journal) { journal.intend(intent_of(0, 2s, 2)); }).code == Errc::malformed);
  CHECK(refused([](Journal& journal) { journal.outcome(outcome_of(0, StepState::skipped)); }).code ==
        Errc::malformed);
}

TEST_CASE("tickets and refusals belong to an attempt that was intended", "[journal][hostile]") {
  CHECK(refused([](Journal& journal) { journal.ticket(ticket_of(2)); }).code == Errc::malformed);
  CHECK(refused([](Journal& journal) { journal.refused({1, 1, 3s, "late"}); }).code == Errc::malformed);
}

TEST_CASE("records without a run are refused", "[journal][hostile]") {
  const Folder folder;
  Session session(folder.file());
  session.journal->note(1s, "early", "", "");
  const Status status = session.commit();
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::malformed);
}

TEST_CASE("a planned step can be skipped", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  session.journal->outcome(outcome_of(0, StepState::skipped));
  REQUIRE(session.commit());
  const auto run = load_run(folder.file(), "last");
  REQUIRE(run);
  CHECK(run->steps[0].state == StepState::skipped);
  CHECK(run->steps[0].attempts == 0);
}

TEST_CASE("the file itself holds the life of a step", "[journal][hostile]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(2));
  session.journal->intend(intent_of(0));
  session.journal->outcome(outcome_of(0));
  REQUIRE(session.commit());
  try_sql(folder.file(), "UPDATE step SET state = 3 WHERE number = 0", "cannot get another");
  try_sql(folder.file(), "UPDATE step SET state = 2, ended_at = 1, attempts = 1 WHERE number = 1",
          "was not intended");
  try_sql(folder.file(), "UPDATE step SET state = 7 WHERE number = 1", "");
  try_sql(folder.file(), "INSERT INTO step VALUES (1, 9, 0, '', '', 0, 2, 1, 1, '', 1, '', '', 0)",
          "begins as planned");
  try_sql(folder.file(), "INSERT INTO run SELECT 2, id, '', '', '', '', '', 0, 0, 0, '' FROM run", "UNIQUE");
}

TEST_CASE("a damaged plan is refused on loading", "[journal][hostile]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(3));
  const char* const damage = GENERATE("DELETE FROM step WHERE number = 1", "UPDATE step SET guest = 2",
                                      "PRAGMA ignore_check_constraints = 1; UPDATE run SET campaign = 200");
  sqlite::Database database(folder.file(), sqlite::Access::write, 1s);
  database.execute(damage);
  REQUIRE(database.ok());
  const auto run = load_run(folder.file(), "last");
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::malformed);
}
