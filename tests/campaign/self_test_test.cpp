// The detectors tried out on a canary while a campaign runs.
#include "harness/campaign/self_test.hpp"

#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

#include <map>

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

class CanaryDumps final : public DumpReader {
public:
  Task<Result<DumpFinding>> read(Crash crash, Span) override {
    asked.push_back(crash);
    if (signature.empty()) {
      co_return Error{Errc::not_found, "there is no dump"};
    }
    co_return DumpFinding{signature, {}, {}};
  }
  Task<Result<DumpHome>> fetch(Crash crash, Span, std::function<bool()>) override {
    fetched.push_back(crash);
    co_return DumpHome{"/kept", "abc", 2048, 1024, {}};
  }
  std::string signature = "0x80|nt!KiIdleLoop";
  std::vector<Crash> asked;
  std::vector<Crash> fetched;
};

struct CanaryRig : Rig {
  CanaryRig() : Rig(1, 2, 2) {
    scenario.guests_match = "g*";
    scenario.migrate.count = 60;
    scenario.migrate.dwell_min = 20s;
    scenario.self_test.nmi = true;
    cluster.move_min = 2s;
    cluster.move_max = 4s;
    cluster.add_guest("canary", "node0");
  }
  Result<RunEnd> go_with_canary() {
    CampaignInput what = input();
    const auto is_canary = [](const auto& guest) { return guest.name == "canary"; };
    for (const hyperv::GuestFacts& facts : cluster.guest_facts()) {
      if (is_canary(facts)) {
        what.canaries.push_back(facts);
        what.canaries.back().notes = notes;
      }
    }
    std::erase_if(what.guests, is_canary);
    // The rig plans every guest; this one is left out.
    Plan plan;
    std::map<std::uint32_t, std::uint32_t> index;
    for (std::uint32_t i = 0; i < what.plan.guests.size(); ++i) {
      if (!is_canary(what.plan.guests[i])) {
        index[i] = static_cast<std::uint32_t>(plan.guests.size());
        plan.guests.push_back(what.plan.guests[i]);
      }
    }
    for (Step step : what.plan.steps) {
      if (index.count(step.guest) == 1) {
        step.guest = index.at(step.guest);
        step.index = static_cast<std::uint32_t>(plan.steps.size());
        plan.steps.push_back(step);
      }
    }
    what.plan = std::move(plan);
    what.lab.canaries = listed ? std::vector<std::string>{"GUID-canary"} : std::vector<std::string>();
    what.dumps = &dumps;
    Campaign campaign(*runtime, cluster, journal, *stop, std::move(what));
    Result<RunEnd> end = run(*runtime, campaign.run());
    progress = campaign.progress();
    return end;
  }
  std::map<std::string, std::string> told(const std::string& kind) const {
    std::map<std::string, std::string> all;
    for (const JournalNote& note : journal.notes) {
      if (note.kind == kind) {
        all[note.subject] = note.detail;
      }
    }
    return all;
  }
  CanaryDumps dumps;
  std::string notes = "migstorm-canary";
  bool listed = true;
};

} // namespace

TEST_CASE("a canary's crash proves every link, and is in no statistic", "[campaign][self-test]") {
  CanaryRig rig;
  const Result<RunEnd> end = rig.go_with_canary();
  REQUIRE(end);
  CHECK(rig.cluster.canaries_asked ==
        std::vector<std::array<std::string, 3>>{{"node0", "GUID-canary", "migstorm-canary"}});
  const auto proven = rig.told(campaign::kSelfTestProven);
  for (const char* link : {"heartbeat", "uptime", "host-events", "bugcheck-events", "console", "verdict",
                           "dump", "dump-fetched"}) {
    INFO(link);
    CHECK(proven.count(link) == 1);
  }
  CHECK_THAT(proven.at("verdict"), Contains("one crash, bugcheck 0x80"));
  CHECK_THAT(proven.at("dump"), Contains("0x80|nt!KiIdleLoop"));
  CHECK(rig.told(campaign::kSelfTestFailed).empty());
  // Nothing of it counts.
  CHECK(end->verdict == "PASSED");
  CHECK(rig.journal.durable.crashes.empty());
  CHECK(rig.journal.signals.empty());
  CHECK(rig.progress.crashes == 0);
  CHECK(rig.journal.noted("breaker") == 0);
  CHECK(rig.journal.count(StepState::completed) == rig.journal.durable.steps.size());
  REQUIRE_FALSE(rig.dumps.fetched.empty());
  CHECK(rig.dumps.fetched.front().self_test);
}

TEST_CASE("what a self-test does not see is said, by name", "[campaign][self-test]") {
  CanaryRig rig;
  std::string link;
  SECTION("hosts write no event, and guests are not asked") {
    rig.cluster.host_log = false;
    const Result<RunEnd> end = rig.go_with_canary();
    REQUIRE(end);
    CHECK(rig.told(campaign::kSelfTestProven).count("host-events") == 0); // it does not apply
    CHECK(rig.told(campaign::kSelfTestFailed).empty());
    return;
  }
  SECTION("no dump comes") {
    rig.dumps.signature.clear();
    link = "dump";
  }
  SECTION("the dump is of something else") {
    rig.dumps.signature = "0xd1|read|storvsc!StorChannelVmbusCallback";
    link = "dump";
  }
  SECTION("the guest's log stays empty") {
    rig.cluster.guest_log = false;
    link = "bugcheck-events";
  }
  REQUIRE(rig.go_with_canary());
  CHECK(rig.told(campaign::kSelfTestFailed).count(link) == 1);
  CHECK(rig.told(campaign::kSelfTestProven).count("heartbeat") == 1);
}

TEST_CASE("no canary is crashed where anything speaks against it", "[campaign][self-test]") {
  CanaryRig rig;
  SECTION("the scenario asks for no self-test") { rig.scenario.self_test.nmi = false; }
  SECTION("its Notes do not carry the mark") { rig.notes = "migstorm"; }
  SECTION("the scenario matches it") { rig.scenario.guests_match = "*"; }
  SECTION("it is listed no more") { rig.listed = false; }
  SECTION("it is not running") { rig.cluster.guest("canary").row.state = hyperv::EnabledState::disabled; }
  SECTION("its heart does not beat") { rig.cluster.guest("canary").silent_from = Instant{}; }
  SECTION("its host may not be touched") { rig.lab.allowed_hosts = {"node1"}; }
  REQUIRE(rig.go_with_canary());
  CHECK(rig.cluster.canaries_asked.empty());
  CHECK(rig.cluster.crashes == 0);
}

TEST_CASE("where a crash may not be provoked, sources that answer are the proof", "[campaign][self-test]") {
  CanaryRig rig;
  SECTION("nobody asked for one") { rig.scenario.self_test.nmi = false; }
  SECTION("the hosts cannot") { rig.cluster.refuses_canaries = true; }
  REQUIRE(rig.go_with_canary());
  const auto passive = rig.told(campaign::kSelfTestPassive);
  CHECK(passive.at("heartbeat") == "2 of 2 sources answered in time");
  CHECK(passive.at("host-events") == "2 of 2 sources answered in time");
  CHECK(passive.at("console") == "2 of 2 sources answered in time");
  CHECK(rig.told(campaign::kSelfTestProven).empty());
}

TEST_CASE("the self-test is repeated as often as the scenario says", "[campaign][self-test]") {
  CanaryRig rig;
  rig.scenario.migrate.count = 240;
  rig.scenario.migrate.dwell_min = 2min;
  rig.scenario.self_test.every = 1h;
  REQUIRE(rig.go_with_canary());
  CHECK(rig.cluster.canaries_asked.size() >= 2);
  CHECK(rig.cluster.crashes == rig.cluster.canaries_asked.size());
  CHECK(rig.journal.durable.crashes.empty());
  std::set<std::uint32_t> numbers;
  for (const Crash& crash : rig.dumps.fetched) {
    numbers.insert(crash.number);
  }
  CHECK(numbers.size() == rig.dumps.fetched.size()); // each has a folder of its own
}
