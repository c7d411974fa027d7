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
