#include "harness/journal/memory.hpp"

#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;

using namespace migstorm::test;
using namespace std::chrono_literals;

TEST_CASE("a journal that is not there remembers nothing, and asking does not make it", "[memory]") {
  const Folder folder;
  CHECK(seen_guests(folder.file(), "smoke", "lab")->empty());
  CHECK(rejected_credentials(folder.file(), "lab")->empty());
  CHECK_FALSE(mean_move_time(folder.file(), "labs/simulated.yaml")->has_value());
  CHECK_FALSE(std::filesystem::exists(folder.file()));
}

TEST_CASE("guests are remembered by scenario and cluster, the newest list alone", "[memory]") {
  const Folder folder;
  REQUIRE(remember_guests(folder.file(), "smoke", "lab", {{"A", "sql-01"}, {"B", "sql-02"}}, CivilTime(1s)));
  REQUIRE(remember_guests(folder.file(), "smoke", "lab", {{"B", "sql-02"}, {"C", "sql-03"}}, CivilTime(2s)));
  const auto seen = seen_guests(folder.file(), "smoke", "lab");
  REQUIRE(seen);
  REQUIRE(seen->size() == 2);
  CHECK(seen->at(0).id == "B");
  CHECK(seen->at(1).name == "sql-03");
  CHECK(seen_guests(folder.file(), "smoke", "another")->empty());
  CHECK(seen_guests(folder.file(), "soak", "lab")->empty());
}

TEST_CASE("a rejected credential stays rejected until a person confirms it", "[memory]") {
  const Folder folder;
  const RejectedCredential rejected{"admin", "CONTOSO\\qa", "hv-01", CivilTime(5s)};
  REQUIRE(remember_rejection(folder.file(), "lab", rejected));
  REQUIRE(remember_rejection(folder.file(), "lab", rejected));
  const auto known = rejected_credentials(folder.file(), "lab");
  REQUIRE(known);
  REQUIRE(known->size() == 1);
  CHECK(known->front().principal == "CONTOSO\\qa");
  CHECK(known->front().host == "hv-01");
  CHECK(known->front().at == CivilTime(5s));
  CHECK(rejected_credentials(folder.file(), "another")->empty());
  REQUIRE(forget_rejection(folder.file(), "lab", "admin"));
  CHECK(rejected_credentials(folder.file(), "lab")->empty());
  const Status again = forget_rejection(folder.file(), "lab", "admin");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::not_found);
}

TEST_CASE("how long moves took is told by the completed ones of the same lab", "[memory]") {
  const Folder folder;
  {
    Session session(folder.file());
    REQUIRE(session.begin(3));
    for (std::uint32_t step = 0; step < 3; ++step) {
      session.journal->intend(intent_of(step, 10s));
    }
    Outcome quick = outcome_of(0);
    quick.at = 20s;
    Outcome slow = outcome_of(1);
    slow.at = 40s;
    Outcome failed = outcome_of(2, StepState::failed);
    failed.at = 500s;
    session.journal->outcome(quick);
    session.journal->outcome(slow);
    session.journal->outcome(failed);
    REQUIRE(session.commit());
  }
  CHECK(*mean_move_time(folder.file(), "labs/simulated.yaml") == Span(20s));
  CHECK_FALSE(mean_move_time(folder.file(), "labs/other.yaml")->has_value());
}

TEST_CASE("what is remembered lies beside runs in one file", "[memory]") {
  const Folder folder;
  REQUIRE(remember_guests(folder.file(), "smoke", "lab", {{"A", "sql-01"}}, CivilTime(1s)));
  Session session(folder.file());
  REQUIRE(session.begin(1));
  CHECK(seen_guests(folder.file(), "smoke", "lab")->size() == 1);
}
