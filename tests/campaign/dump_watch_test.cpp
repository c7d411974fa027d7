// Crashes named from their dumps while a campaign runs.
#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

#include <map>

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kNamed = "0xd1|read|storvsc!StorChannelVmbusCallback";

// Has the dump of a crash some time after it was first asked.
class LateDumps final : public DumpReader {
public:
  LateDumps(Runtime& runtime, Span delay, Errc why) : runtime_(runtime), delay_(delay), why_(why) {}

  Task<Result<DumpFinding>> read(Crash crash, Span ahead) override {
    ++asked;
    const auto first = first_.try_emplace(crash.number, runtime_.now()).first->second;
    if (runtime_.now() - first < delay_) {
      co_return Error{why_, "not yet"};
    }
    clock = ahead;
    co_return DumpFinding{kNamed, "KB2636573", {}, crashed};
  }
  Task<Result<DumpHome>> fetch(Crash crash, Span, std::function<bool()> wanted) override {
    fetches.push_back(crash.number);
    for (Span copied{}; copied < fetch_time; copied += 1s) {
      co_await runtime_.sleep_for(1s);
      if (!wanted()) {
        co_return Error{Errc::cancelled, "not wanted"};
      }
    }
    if (failures > 0) {
      --failures;
      co_return Error{fetch_error, "the share is gone"};
    }
    co_return DumpHome{"/kept", "abc", 2, 1, {}};
  }
  int asked = 0;
  std::optional<CivilTime> crashed;
  Span clock{}; // as told with the last question
  Span fetch_time{};
  int failures = 0;
  Errc fetch_error = Errc::transport;
  std::vector<std::uint32_t> fetches; // by the crashes' numbers

private:
  Runtime& runtime_;
  Span delay_;
  Errc why_;
  std::map<std::uint32_t, Instant> first_;
};

struct DumpRig : Rig {
  explicit DumpRig(Span delay, Errc why = Errc::not_found) : Rig(1), dumps(*runtime, delay, why) {
    scenario.migrate.count = 200;
    scenario.stop.same_signature = 1;
    cluster.crash_chance = 0.05;
  }
  Result<RunEnd> go_with_dumps() {
    CampaignInput what = input();
    what.dumps = &dumps;
    Campaign campaign(*runtime, cluster, journal, *stop, std::move(what));
    Result<RunEnd> end = run(*runtime, campaign.run());
    progress = campaign.progress();
    return end;
  }
  LateDumps dumps;
};

} // namespace

TEST_CASE("a crash takes the signature of its dump, and the run's end waits for it", "[campaign][dumps]") {
  DumpRig rig(4min);
  REQUIRE(rig.go_with_dumps());
  REQUIRE_FALSE(rig.journal.durable.crashes.empty());
  for (const Crash& crash : rig.journal.durable.crashes) {
    CHECK(crash.signature == kNamed);
    CHECK(crash.known_issue == "KB2636573");
  }
  CHECK(rig.progress.signatures.at(kNamed) == rig.journal.durable.crashes.size());
  CHECK(rig.broken().empty());
}

TEST_CASE(
    "a dump dates its crash as exactly as the guest's clock is known, and signals that follow do not undo it",
    "[campaign][dumps]") {
  DumpRig rig(1min);
  rig.cluster.crash_chance = 0;
  rig.cluster.reports_crashes = false;
  rig.lab.polling.summary = 20s;
  rig.cluster.clocks["g0"] = 90s;
  const Instant died = 3h + 30s;
  rig.cluster.crash("g0", died);
  Span told{};
  SECTION("to the second") {}
  SECTION("not where it contradicts what others saw") { told = 10min; }
  rig.dumps.crashed = rig.runtime->civil(died + told);
  REQUIRE(rig.go_with_dumps());
  CHECK(rig.dumps.clock == 90s);
  REQUIRE(rig.journal.durable.crashes.size() == 1);
  const Crash& crash = rig.journal.durable.crashes.front();
  CHECK(crash.signature == kNamed);
  CHECK(crash.earliest <= died);
  CHECK(crash.latest >= died);
  const bool exact = crash.latest - crash.earliest <= 5s;
  CHECK(exact == (told == Span{}));
  CHECK(rig.broken().empty());
}

TEST_CASE("a crash whose dump never comes keeps what its bugcheck says, and is noted", "[campaign][dumps]") {
  DumpRig rig(24h);
  REQUIRE(rig.go_with_dumps());
  REQUIRE_FALSE(rig.journal.durable.crashes.empty());
  for (const Crash& crash : rig.journal.durable.crashes) {
    CHECK(crash.signature.find('!') == std::string::npos);
  }
  CHECK(rig.broken().empty());
}

TEST_CASE("a guest without a way to its dumps is asked for each crash once", "[campaign][dumps]") {
  DumpRig rig(24h, Errc::unsupported);
  REQUIRE(rig.go_with_dumps());
  CHECK(rig.dumps.asked == static_cast<int>(rig.journal.durable.crashes.size()));
}

TEST_CASE("the first dump of a signature is brought home, and with collect: all every one",
          "[campaign][dumps]") {
  DumpRig rig(1s);
  rig.scenario.stop.same_signature = 3;
  SECTION("new signatures") {
    REQUIRE(rig.go_with_dumps());
    CHECK(rig.dumps.fetches.size() == 1);
  }
  SECTION("all") {
    rig.scenario.collect_dumps = "all";
    REQUIRE(rig.go_with_dumps());
    CHECK(rig.dumps.fetches.size() == rig.journal.durable.crashes.size());
  }
  SECTION("none") {
    rig.scenario.collect_dumps = "none";
    REQUIRE(rig.go_with_dumps());
    CHECK(rig.dumps.fetches.empty());
  }
}

TEST_CASE("a copy that breaks is gone on with, and the run's end waits for a slow one", "[campaign][dumps]") {
  DumpRig rig(1s);
  rig.dumps.failures = 2;
  rig.dumps.fetch_time = 12min; // longer than the end waits for anything else
  rig.scenario.stop.same_signature = 1;
  REQUIRE(rig.go_with_dumps());
  CHECK(rig.dumps.fetches.size() == 3);
  CHECK(rig.dumps.failures == 0);
}

TEST_CASE("a dump that cannot be brought home does not hold the run up", "[campaign][dumps]") {
  DumpRig rig(1s);
  rig.dumps.failures = 100'000;
  rig.dumps.fetch_error = GENERATE(Errc::over_limit, Errc::transport);
  REQUIRE(rig.go_with_dumps());
  CHECK(rig.dumps.failures > 0);
  CHECK(rig.broken().empty());
}
