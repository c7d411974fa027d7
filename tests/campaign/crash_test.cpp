#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

Rig crashing_rig(std::uint64_t seed) {
  Rig rig(seed, 4, 8);
  rig.scenario.campaign = CampaignKind::reproduce;
  rig.scenario.migrate.count = 400;
  rig.scenario.migrate.dwell_min = 5s;
  rig.cluster.move_min = 2s;
  rig.cluster.move_max = 6s;
  rig.cluster.crash_chance = 0.02;
  return rig;
}

} // namespace

TEST_CASE("a campaign stops at the third crash of one signature", "[campaign][crash]") {
  Rig rig = crashing_rig(GENERATE(1U, 2U, 3U));
  rig.scenario.stop.same_signature = 3;
  SECTION("guests that report their crash") {}
  SECTION("guests that do not, and are asked for their log") { rig.cluster.reports_crashes = false; }

  const Result<RunEnd> end = rig.go();

  REQUIRE(end);
  CHECK(end->verdict == "REPRODUCED");
  CHECK(rig.journal.durable.crashes.size() >= 3);
  CHECK(rig.progress.signatures.at("0xd1|read") >= 3);
  CHECK(rig.journal.count(StepState::skipped) > 0);
  for (const Crash& crash : rig.journal.durable.crashes) {
    CHECK(crash.bugcheck == 0xd1);
    CHECK(crash.signature == "0xd1|read");
    CHECK(crash.dump_path == "C:\\Windows\\MEMORY.DMP");
    CHECK((crash.step.has_value() || !rig.cluster.reports_crashes));
  }
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE(
    "every crash is counted once and belongs to the migration it followed, or to none that could be told",
    "[campaign][crash]") {
  Rig rig = crashing_rig(GENERATE(4U, 5U));
  rig.cluster.reports_crashes = GENERATE(true, false);
  std::size_t happened = 0;

  REQUIRE(rig.go());

  happened = rig.cluster.crashes;
  REQUIRE(happened > 0);
  CHECK(rig.journal.durable.crashes.size() == happened);
  std::size_t attributed = 0;
  for (const Crash& crash : rig.journal.durable.crashes) {
    if (!crash.step) {
      CHECK_FALSE(rig.cluster.reports_crashes); // an event tells the time, a silent heart only a window
      continue;
    }
    ++attributed;
    const StepRecord& record = rig.journal.durable.steps.at(*crash.step);
    CHECK(record.intent->move.guest == crash.guest);
    // The fake's guests die the moment they arrive.
    CHECK(record.outcome->at >= crash.earliest - 10s);
    CHECK(record.intent->at <= crash.latest + 10s);
  }
  // Guests of this rig move again within the minute that a silent heart leaves open.
  CHECK((attributed * 2 >= happened || !rig.cluster.reports_crashes));
}

TEST_CASE("a guest that nobody can ask still counts when it resets unasked", "[campaign][crash]") {
  Rig rig(1, 2, 2);
  rig.scenario.migrate.count = 20;
  rig.scenario.migrate.dwell_min = 10s;
  rig.cluster.reports_crashes = false;
  rig.cluster.guest_log = false;
  rig.cluster.crash("g0", 3h + 25s);
  const Result<RunEnd> end = rig.go();
  REQUIRE(end);
  CHECK(end->verdict == "FAILED");
  REQUIRE(rig.journal.durable.crashes.size() == 1);
  CHECK(rig.journal.durable.crashes[0].bugcheck == 0);
  CHECK(rig.journal.durable.crashes[0].signature.empty());
}

TEST_CASE("nothing is proven while a detector is dead", "[campaign][crash]") {
  Rig rig;
  rig.scenario.campaign = CampaignKind::reproduce;
  rig.scenario.migrate.dwell_min = 10s;
  SECTION("alive: not reproduced") {
    const Result<RunEnd> end = rig.go();
    REQUIRE(end);
    CHECK(end->verdict == "NOT_REPRODUCED");
  }
  SECTION("dead: inconclusive") {
    rig.cluster.faults.read_error = 0.9;
    rig.scenario.migrate.count = 8;
    const Result<RunEnd> end = rig.go();
    REQUIRE(end);
    CHECK(end->verdict == "INCONCLUSIVE");
  }
}

TEST_CASE("a guest that crashed is not moved until it is well again", "[campaign][crash]") {
  Rig rig(1, 3, 1);
  rig.scenario.migrate.count = 10;
  rig.scenario.migrate.dwell_min = 8s;
  rig.cluster.crash("g0", 3h + 20s);
  REQUIRE(rig.go());
  CHECK(rig.journal.durable.crashes.size() == 1);
  for (const LedgerMove& move : rig.cluster.ledger) {
    CHECK_FALSE((move.started > 3h + 60s && move.started < 3h + 80s));
  }
  CHECK(rig.journal.count(StepState::completed) == 10);
}
