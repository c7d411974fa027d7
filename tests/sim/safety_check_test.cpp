// The judge of the safety soak: that it speaks where it has to.
#include "tools/migstorm/safety_check.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/lab_machine.hpp"

using namespace migstorm;
using Catch::Matchers::Contains;

namespace {

class Recorded final : public lab::test::TestEngine {
public:
  using TestEngine::TestEngine;
  const std::vector<lab::LedgerChange>& changes() const override { return recorded; }
  std::vector<lab::LedgerChange> recorded;
};

struct Bench {
  Bench() {
    run.guests.push_back({lab::test::kGuid, "sql-01", "NODE1", {"NODE1", "NODE2"}});
    scenario.guests_match = "sql-*";
    scenario.restore_placement = false;
    lab.mark = "migstorm";
    engine.recorded.push_back({Span(1), "group", lab::test::kGuid, "migstorm", "NODE2", {}});
  }
  std::vector<std::string> sentences() { return unsafe_acts({run, scenario, lab, hours, {}}, engine); }
  lab::LedgerChange& change() { return engine.recorded.front(); }

  LoadedRun run;
  Scenario scenario;
  LabFile lab;
  OpeningHours hours;
  lab::test::TestMachine machine;
  Recorded engine{machine};
};

} // namespace

TEST_CASE("a move of a guest of the plan is safe", "[safety]") {
  Bench bench;
  CHECK(bench.sentences() == std::vector<std::string>{});
}

TEST_CASE("a move of a guest whose hardware should have kept it is told, with each reason", "[safety]") {
  Bench bench;
  bench.change().against = {"an assigned device", "a disc image on its host"};
  const auto sentences = bench.sentences();
  REQUIRE(sentences.size() == 2);
  CHECK_THAT(sentences[0], Contains("group of " + lab::test::kGuid) && Contains("has an assigned device"));
  CHECK_THAT(sentences[1], Contains("a disc image on its host"));
}

TEST_CASE("to end a move of such a guest is no harm", "[safety]") {
  Bench bench;
  bench.change().call = "cancel-group";
  bench.change().against = {"an assigned device"};
  CHECK(bench.sentences() == std::vector<std::string>{});
}

TEST_CASE("a move of a guest without the mark, or outside of the plan, is told", "[safety]") {
  Bench bench;
  bench.change().notes = "somebody's";
  CHECK_THAT(bench.sentences().at(0), Contains("does not carry the mark"));
  bench.run.guests.clear();
  CHECK_THAT(bench.sentences().at(0), Contains("not in the plan"));
}

namespace {

// A canary's crash as it is allowed.
struct CanaryBench : Bench {
  CanaryBench() {
    scenario.self_test.nmi = true;
    lab.canaries = {"9D1F9D1F-AAAA-BBBB-CCCC-DDDDEEEEFFFF"};
    change() = {Span(1), "nmi", lab.canaries.front(), "migstorm-canary", {}, {}, "canary-1"};
  }
};

} // namespace

TEST_CASE("a canary's crash is safe where everything allows it", "[safety]") {
  CanaryBench bench;
  CHECK(bench.sentences() == std::vector<std::string>{});
}

TEST_CASE("an interrupt of anything that is no canary of this run is told", "[safety]") {
  CanaryBench bench;
  std::string what;
  SECTION("no self-test was asked for") {
    bench.scenario.self_test.nmi = false;
    what = "asks for no self-test";
  }
  SECTION("the lab file does not list it") {
    bench.lab.canaries.clear();
    what = "canary: does not list the guest";
  }
  SECTION("it carries the mark of guests that are moved") {
    bench.change().notes = "migstorm";
    what = "does not carry the mark of a canary";
  }
  SECTION("it is in the plan") {
    bench.change().guest = lab::test::kGuid;
    bench.lab.canaries = {lab::test::kGuid};
    what = "a guest that the scenario moves";
  }
  SECTION("the scenario matches it") {
    bench.change().name = "sql-09";
    what = "a guest that the scenario moves";
  }
  SECTION("never: names it") {
    bench.lab.never = {"canary-*"};
    what = "never: names the guest";
  }
  SECTION("it was crashed a moment ago") {
    bench.engine.recorded.push_back(bench.change());
    bench.engine.recorded.back().at = std::chrono::hours(1);
    what = "not yet time";
  }
  SECTION("no window is open") {
    bench.hours = *OpeningHours::make("08:00-10:00 UTC", {});
    what = "no window is open"; // civil time begins at midnight here
  }
  const auto sentences = bench.sentences();
  REQUIRE(sentences.size() == 1);
  CHECK_THAT(sentences[0], Contains("nmi of") && Contains(what));
}
