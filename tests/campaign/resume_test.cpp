#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

void arm_everything(Rig& rig) {
  rig.cluster.move_min = 1s;
  rig.cluster.move_max = 12s;
  rig.cluster.latency = 20ms;
  rig.cluster.faults.refuse = 0.03;
  rig.cluster.faults.busy = 0.03;
  rig.cluster.faults.lose_reply = 0.05;
  rig.cluster.faults.lose_request = 0.03;
  rig.cluster.faults.fail = 0.05;
  rig.cluster.faults.land_though_failed = 0.05;
  rig.cluster.faults.stuck = 0.01;
  rig.cluster.faults.forget_job = 0.1;
  rig.cluster.faults.read_error = 0.03;
  rig.cluster.crash_chance = 0.02;
  rig.scenario.migrate.timeout = 3min;
  rig.scenario.migrate.dwell_min = 2s;
}

} // namespace

TEST_CASE("a stop lets what is under way end, and a resume does the rest", "[campaign][resume]") {
  Rig rig;
  rig.cluster.move_min = rig.cluster.move_max = 5s;
  SECTION("asked in this process") {
    auto ask = at(*rig.runtime, 3h + 31s, [&rig] { rig.stop->request(Stop::Level::finish); });
    rig.runtime->post(ask.handle());
    const Result<RunEnd> end = rig.go();
    REQUIRE(end);
    CHECK(end->verdict.empty());
    CHECK(end->resumable);
  }
  SECTION("asked by another one, through the journal") {
    auto ask = at(*rig.runtime, 3h + 31s, [&rig] { rig.journal.stop_level = 1; });
    rig.runtime->post(ask.handle());
    const Result<RunEnd> end = rig.go();
    REQUIRE(end);
    CHECK(end->resumable);
  }
  CHECK(rig.journal.count(StepState::intended) == 0);
  CHECK(rig.journal.count(StepState::planned) > 0);
  const std::size_t before = rig.journal.count(StepState::completed);
  CHECK(before > 0);

  const Result<RunEnd> end = rig.resume();

  REQUIRE(end);
  CHECK(end->verdict == "PASSED");
  CHECK(rig.journal.count(StepState::completed) == 100);
  CHECK(rig.progress.completed == 100);
  CHECK(rig.cluster.ledger.size() == 100);
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE("logs are read on from where they were: what happened in between is counted, and counted once",
          "[campaign][resume]") {
  Rig rig;
  rig.cluster.move_min = rig.cluster.move_max = 5s;
  rig.cluster.crash("g0", 3h + 10s); // read before the stop
  auto late = at(*rig.runtime, 3h + 41s, [&rig] {
    rig.cluster.crash("g1", 3h + 42s);
    rig.stop->request(Stop::Level::finish);
  });
  rig.runtime->post(late.handle());
  REQUIRE(rig.go());
  CHECK(rig.journal.durable.crashes.size() == 1);
  CHECK(rig.journal.durable.marks.size() == 12); // of four hosts and eight guests
  CHECK(rig.cluster.counts.ends == 1);

  REQUIRE(rig.resume());
  CHECK(rig.journal.durable.crashes.size() == 2);
  CHECK(rig.cluster.counts.ends == 2);
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE("a detector that is switched off is neither asked nor missed", "[campaign][resume]") {
  Rig rig;
  rig.cluster.move_min = rig.cluster.move_max = 5s;
  rig.scenario.watch.off = {DetectorKind::host_events};
  rig.cluster.crash("g0", 3h + 10s);
  const Result<RunEnd> end = rig.go();
  REQUIRE(end);
  CHECK(rig.cluster.counts.events == 0);
  CHECK(rig.journal.durable.crashes.size() == 1);
  for (const DetectorAlive& one : end->detectors) {
    const bool no_load = one.kind == DetectorKind::load; // the scenario has none
    CHECK(one.applicable == (one.kind != DetectorKind::host_events && !no_load));
  }
}

TEST_CASE("abandoned moves are unknown, and their guests wait until they are seen", "[campaign][resume]") {
  Rig rig;
  rig.cluster.move_min = rig.cluster.move_max = 40s;
  rig.cluster.host_limit = 4;
  auto ask = at(*rig.runtime, 3h + 5s, [&rig] { rig.stop->request(Stop::Level::abandon); });
  rig.runtime->post(ask.handle());
  const Result<RunEnd> end = rig.go();
  REQUIRE(end);
  CHECK(end->resumable);
  CHECK(rig.runtime->now() < 3h + 30s);
  CHECK(rig.journal.count(StepState::unknown) == 8);

  REQUIRE(rig.resume());
  CHECK(rig.journal.count(StepState::unknown) == 8);
  CHECK(rig.journal.count(StepState::completed) == 92);
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE("a full disk ends the run, and nothing is moved twice after it", "[campaign][resume]") {
  const std::uint64_t commits = GENERATE(2U, 3U, 7U, 20U, 41U);
  CAPTURE(commits);
  Rig rig;
  rig.cluster.move_min = rig.cluster.move_max = 5s;
  rig.journal.commits_until_full = commits;
  const Result<RunEnd> end = rig.go();
  REQUIRE_FALSE(end);
  CHECK(end.error().code == Errc::storage);

  REQUIRE(rig.resume());
  CHECK(rig.journal.count(StepState::completed) == 100);
  CHECK(rig.cluster.ledger.size() == 100);
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE("crash numbers go on after a resume, and old crashes are not counted again", "[campaign][resume]") {
  Rig rig;
  rig.scenario.campaign = CampaignKind::reproduce;
  rig.scenario.migrate.dwell_min = 10s;
  rig.scenario.migrate.count = 160;
  rig.cluster.crash("g1", 3h + 20s);
  auto ask = at(*rig.runtime, 3h + 130s, [&rig] { rig.stop->request(Stop::Level::finish); });
  rig.runtime->post(ask.handle());
  REQUIRE(rig.go());
  REQUIRE(rig.journal.durable.crashes.size() == 1);

  rig.cluster.crash("g2", rig.runtime->now() + 30s);
  const Result<RunEnd> end = rig.resume();

  REQUIRE(end);
  CHECK(end->verdict == "REPRODUCED");
  REQUIRE(rig.journal.durable.crashes.size() == 2);
  CHECK(rig.journal.durable.crashes[1].number == 2);
  CHECK(rig.journal.durable.crashes[1].guest == "GUID-g2");
}

TEST_CASE("invariants hold with every fault armed, through power cuts", "[campaign][resume][seeds]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Rig rig(seed, 4, 8, seed % 2 == 0);
    arm_everything(rig);
    rig.scenario.breaker = {1000, 1000}; // what it does is tested for itself
    if (seed % 5 == 0) {
      rig.cluster.host_down("node1", 3h + 1min, 3h + 4min);
    }
    // A commit that fails ends the process as far as the journal can tell: what was not committed is lost.
    Random cuts(seed, "cuts");
    rig.journal.commits_until_full = 1 + cuts.below(40);
    Result<RunEnd> end = rig.go();
    for (int cut = 0; !end && cut < 3; ++cut) {
      REQUIRE(end.error().code == Errc::storage);
      REQUIRE(rig.broken(false) == std::vector<std::string>{});
      rig.stop = std::make_unique<Stop>(*rig.runtime);
      rig.journal.commits_until_full = rig.journal.commits + 1 + cuts.below(60);
      end = rig.journal.durable.steps.empty() ? rig.go() : rig.go(rig.journal.durable);
    }
    if (!end) {
      end = rig.resume();
    }
    REQUIRE(end);
    REQUIRE(rig.broken() == std::vector<std::string>{});
    REQUIRE(rig.progress.settled() == 100);
  }
}

TEST_CASE("the same seed gives the same run", "[campaign]") {
  const auto outcomes = [] {
    Rig rig(77);
    arm_everything(rig);
    REQUIRE(rig.go());
    std::vector<std::string> lines;
    for (const JournalNote& note : rig.journal.notes) {
      lines.push_back(std::to_string(note.at.count()) + note.kind + note.subject + note.detail);
    }
    for (const StepRecord& record : rig.journal.durable.steps) {
      lines.push_back(std::to_string(record.outcome->at.count()) + record.outcome->ended_on);
    }
    return lines;
  };
  CHECK(outcomes() == outcomes());
}
