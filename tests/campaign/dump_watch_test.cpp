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

  Task<Result<DumpFinding>> read(Crash crash) override {
    ++asked;
    const auto first = first_.try_emplace(crash.number, runtime_.now()).first->second;
    if (runtime_.now() - first < delay_) {
      co_return Error{why_, "not yet"};
    }
    co_return DumpFinding{kNamed, "KB2636573"};
  }
  int asked = 0;

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
