#include "harness/campaign/attribution.hpp"
#include "harness/campaign/gate.hpp"
#include "harness/campaign/health.hpp"
#include "harness/campaign/move_times.hpp"
#include "harness/campaign/qualify.hpp"
#include "harness/campaign/retry_policy.hpp"
#include "harness/campaign/settle.hpp"
#include "harness/campaign/stop_rules.hpp"
#include "harness/campaign/verdict.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::campaign;
using namespace std::chrono_literals;

TEST_CASE("a move's outcome is read from both ends and its job", "[settle]") {
  struct Row {
    const char* name;
    Sight source;
    Sight destination;
    JobView job;
    Ruling ruling;
  };
  const auto row = GENERATE(values<Row>({
      {"seen at the destination", Sight::unasked, Sight::running, JobView::running, Ruling::completed},
      {"arrived though the job failed", Sight::absent, Sight::running, JobView::failed, Ruling::completed},
      {"running on both is told by nobody", Sight::running, Sight::running, JobView::succeeded, Ruling::open},
      {"the last moment of a move", Sight::migrating, Sight::running, JobView::running, Ruling::open},
      {"stayed, job failed", Sight::running, Sight::unasked, JobView::failed, Ruling::failed},
      {"stayed though the job succeeded", Sight::running, Sight::absent, JobView::succeeded, Ruling::failed},
      {"stayed, job gone, destination away", Sight::running, Sight::unreachable, JobView::gone,
       Ruling::failed},
      {"still under way", Sight::running, Sight::absent, JobView::running, Ruling::open},
      {"nowhere yet", Sight::absent, Sight::absent, JobView::gone, Ruling::open},
      {"arrived and switched off", Sight::absent, Sight::present, JobView::succeeded, Ruling::completed},
      {"stayed and switched off", Sight::present, Sight::absent, JobView::failed, Ruling::failed},
      {"nobody answers", Sight::unreachable, Sight::unreachable, JobView::gone, Ruling::open},
  }));
  CAPTURE(row.name);
  CHECK(rule({row.source, row.destination, row.job, true, true}) == row.ruling);
}

TEST_CASE("a request is called not accepted only after its grace and a look at both ends", "[settle]") {
  Evidence evidence{Sight::running, Sight::absent, JobView::none, false, true};
  CHECK(rule(evidence) == Ruling::not_accepted);
  evidence.grace_over = false;
  CHECK(rule(evidence) == Ruling::open);
  evidence = {Sight::running, Sight::unreachable, JobView::none, false, true};
  CHECK(rule(evidence) == Ruling::open);
  evidence = {Sight::migrating, Sight::absent, JobView::none, false, true};
  CHECK(rule(evidence) == Ruling::open);
}

TEST_CASE("a guest that was started anew while a host was away tells nothing of its move", "[settle]") {
  Evidence evidence{Sight::unreachable, Sight::running, JobView::running, true, true};
  evidence.restarted = true;
  CHECK(rule(evidence) == Ruling::untold);
  hyperv::HostSummary summary;
  summary.asked = 100s;
  summary.guests.resize(1);
  summary.guests[0].id = "G";
  summary.guests[0].uptime_ms = 20'000; // since second 80
  CHECK(started_since(summary, "G", 79s));
  CHECK_FALSE(started_since(summary, "G", 81s));
  CHECK_FALSE(started_since(summary, "another", 0s));
}

TEST_CASE("the gate allows what scenario, host and cluster all allow", "[gate]") {
  std::vector<hyperv::HostFacts> facts(3);
  facts[0].host = "a";
  facts[0].migrations_max = 2;
  facts[1].host = "b";
  facts[1].migrations_max = 0; // a host that tells nonsense is taken at one
  facts[2].host = "c";
  facts[2].migrations_max = 9;
  facts[2].cluster_parallel_migrations = 1;
  MigrateSpec spec;
  spec.per_host = 4;
  spec.total = 2;
  Gate gate{HostTable(facts), spec};
  CHECK(gate.limit(0) == 2);
  CHECK(gate.limit(1) == 1);
  CHECK(gate.limit(2) == 1);

  gate.enter(0, 1);
  CHECK_FALSE(gate.admits(2, 1)); // both directions count
  CHECK(gate.admits(0, 2));
  gate.enter(0, 2);
  CHECK(gate.busy() == 2);
  gate.leave(0, 1);
  CHECK(gate.admits(1, 0));
}

TEST_CASE("a host is found by its name in any case", "[gate]") {
  std::vector<hyperv::HostFacts> facts(1);
  facts[0].host = "Node-A";
  const HostTable hosts(facts);
  CHECK(hosts.find("NODE-a") == HostId{0});
  CHECK_FALSE(hosts.find("node-b"));
}

TEST_CASE("a host falls sick after three in a row and recovers with answers and rest", "[health]") {
  HostHealth health(2);
  CHECK(health.unanswered(0, 1s) == HostHealth::Change::none);
  CHECK(health.answered(0, 2s) == HostHealth::Change::none);
  health.unanswered(0, 10s);
  health.unanswered(0, 11s);
  CHECK(health.unanswered(0, 12s) == HostHealth::Change::fell_sick);
  CHECK(health.away_since(0) == 10s);
  CHECK(health.sick_hosts() == 1);
  CHECK_FALSE(health.sick(1));
  health.answered(0, 20s);
  health.answered(0, 30s);
  CHECK(health.answered(0, 40s) == HostHealth::Change::none); // enough answers, too soon
  CHECK(health.answered(0, 80s) == HostHealth::Change::recovered);
  for (int i = 0; i < 2; ++i) {
    CHECK(health.move_failed(1, 90s) == HostHealth::Change::none);
  }
  CHECK(health.move_failed(1, 91s) == HostHealth::Change::fell_sick);
}

TEST_CASE("retries are bounded and back off", "[retry]") {
  CHECK(retry_after(Errc::unknown_outcome, 1).reaction == Reaction::follow);
  CHECK(retry_after(Errc::denied, 1).reaction == Reaction::end_run);
  CHECK(retry_after(Errc::unsupported, 1).reaction == Reaction::give_up);
  CHECK(retry_after(Errc::transport, 1).pause == 2s);
  CHECK(retry_after(Errc::transport, 4).pause == 16s);
  CHECK(retry_after(Errc::busy, 19).pause == 60s);
  CHECK(retry_after(Errc::busy, 20).reaction == Reaction::give_up);
  CHECK(retry_after(Errc::remote_fault, 3).reaction == Reaction::give_up);
  CHECK(retry_unaccepted(3).reaction == Reaction::give_up);
}

TEST_CASE("a crash belongs to the migration that covers its own time", "[attribution]") {
  Attribution attribution(1);
  CHECK_FALSE(attribution.find(0, 1s, 2s));
  attribution.began(0, 7, 100s);
  attribution.ended(0, 110s);
  attribution.began(0, 8, 130s);
  CHECK(attribution.find(0, 105s, 105s) == 7U);
  CHECK(attribution.find(0, 128s, 131s) == 7U); // most of it before the next began
  CHECK(attribution.find(0, 129s, 135s) == 8U);
  CHECK_FALSE(attribution.find(0, 125s, 135s));
  CHECK(attribution.find(0, 500s, 500s) == 8U); // still under way
  attribution.ended(0, 140s);
  CHECK(attribution.find(0, 199s, 199s) == 8U);
  CHECK_FALSE(attribution.find(0, 201s, 300s));
  CHECK_FALSE(attribution.find(0, 10s, 99s));
}

TEST_CASE("exposure needs what the scenario asks for", "[qualify]") {
  QualifySpec asked;
  asked.disk_growth_min = 100;
  Exposure exposure{true, 100, true};
  CHECK(unqualified_reason(asked, exposure).empty());
  exposure.growth = 99;
  CHECK(unqualified_reason(asked, exposure) == "growth");
  exposure.growth.reset();
  CHECK(unqualified_reason(asked, exposure) == "growth-unknown");
  exposure.detectors_alive = false;
  CHECK(unqualified_reason(asked, exposure) == "detectors");
  asked.detectors_applicable = false;
  asked.disk_growth_min = 0;
  CHECK(unqualified_reason(asked, exposure).empty());
  exposure.moved = false;
  CHECK(unqualified_reason(asked, exposure) == "not-moved");
}

TEST_CASE("moves are not asked about before there can be news", "[follow]") {
  MoveTimes times;
  CHECK(times.instant(1s)); // nothing is known yet
  times.completed(8s);
  CHECK_FALSE(times.instant(1s));
  CHECK(times.quiet() == 6s);
  for (int i = 0; i < 32; ++i) {
    times.completed(1ms);
  }
  CHECK(times.instant(1s));
}

TEST_CASE("what is not built yet is refused before anything is touched", "[stop]") {
  Scenario scenario;
  CHECK(check_rules(scenario));
  scenario.has_sweep = true;
  CHECK_FALSE(check_rules(scenario));
}

TEST_CASE("stop rules say why", "[stop]") {
  Scenario scenario;
  Progress progress;
  progress.signatures = {{"0x7e", 1}, {"0xd1|read", 3}};
  progress.crashes = 4;
  CHECK_FALSE(stop_reason(scenario, progress, 1h));
  scenario.stop.same_signature = 3;
  CHECK(stop_reason(scenario, progress, 1h) == "3 crashes of 0xd1|read");
  scenario.stop.same_signature = 4;
  CHECK_FALSE(stop_reason(scenario, progress, 1h));
  scenario.stop.after = 1h;
  CHECK(stop_reason(scenario, progress, 1h) == "3600 s of cluster time passed");
}

TEST_CASE("a verdict follows the kind of campaign", "[verdict]") {
  Scenario scenario;
  Progress progress;
  progress.attempted = progress.completed = progress.qualified = 100;
  std::vector<DetectorAlive> detectors{{DetectorKind::uptime, true, 99s, 100s}};
  const auto word = [&] { return judge(scenario, progress, detectors, "the plan is done").word; };

  SECTION("reproduce") {
    scenario.campaign = CampaignKind::reproduce;
    CHECK(word() == "NOT_REPRODUCED");
    detectors[0].alive = 90s;
    CHECK(word() == "INCONCLUSIVE");
    progress.crashes = 1;
    CHECK(word() == "INCONCLUSIVE"); // nobody can say of what
    progress.signatures["0xd1|read"] = 1;
    CHECK(word() == "REPRODUCED");
  }
  SECTION("verify") {
    scenario.campaign = CampaignKind::verify;
    CHECK(word() == "INCONCLUSIVE");
    CHECK_THAT(judge(scenario, progress, detectors, "").reason, Catch::Contains("not built yet"));
    progress.signatures["0xd1|read"] = 1;
    CHECK(word() == "NOT_FIXED");
  }
  SECTION("soak") {
    scenario.campaign = CampaignKind::soak;
    CHECK(word() == "PASSED");
    progress.qualified = 10;
    CHECK(word() == "INCONCLUSIVE");
    progress.failed = 1;
    CHECK(word() == "FAILED");
  }
}
