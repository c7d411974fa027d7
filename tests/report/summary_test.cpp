#include "harness/report/summary.hpp"

#include "tests/report/sample_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace migstorm;
using namespace migstorm::report;
using migstorm::test::golden;
using migstorm::test::sample_run;
using migstorm::test::storvsc_crash;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

LoadedRun killed_run() {
  LoadedRun run = sample_run();
  run.end.reset();
  run.steps[4317] = migstorm::test::ended_step(4317, StepState::intended);
  Crash crash = storvsc_crash(4, 0, {});
  crash.noticed = std::chrono::hours(10);
  crash.guest_name.clear();
  crash.step.reset();
  crash.bugcheck = 0;
  crash.parameters = {};
  crash.signature.clear();
  crash.known_issue.clear();
  crash.dump_path.clear();
  crash.reasons.clear();
  crash.earliest = std::chrono::hours(10) - std::chrono::seconds(15);
  run.crashes.push_back(crash);
  run.last = std::chrono::hours(10) + std::chrono::milliseconds(345);
  return run;
}

} // namespace

TEST_CASE("a run that ended is told in words", "[report]") {
  const std::string text = to_text(summarise(sample_run()));
  CHECK(text == golden("summary_reproduced.txt", text));
  CHECK(contains(text,
                 "3 crashes with the same signature 0xd1|read|storvsc!StorChannelVmbusCallback in 4,211 "
                 "qualified migrations (0.71 per 1,000, 95 % interval 0.15 to 2.08)"));
}

TEST_CASE("a run that ended is told as JSON", "[report]") {
  const std::string json = to_json(summarise(sample_run()));
  CHECK(json == golden("summary_reproduced.json", json));
}

TEST_CASE("a run whose process died says what is open", "[report]") {
  const Summary summary = summarise(killed_run());
  CHECK(summary.state == RunState::interrupted);
  const std::string text = to_text(summary);
  CHECK(text == golden("summary_killed.txt", text));
  const std::string json = to_json(summary);
  CHECK(json == golden("summary_killed.json", json));
}

TEST_CASE("every migration with an outcome is either exposure or has a reason why not", "[report]") {
  const MigrationCounts counts = summarise(sample_run()).migrations;
  CHECK(counts.planned == 12000);
  CHECK(counts.attempted == 4317);
  CHECK(counts.completed == 4290);
  CHECK(counts.qualified == 4211);
  CHECK(counts.unqualified ==
        std::map<std::string, std::uint64_t>{{"growth", 79}, {"not-moved", 20}, {"unknown", 7}});
  std::uint64_t reasons = 0;
  for (const auto& [reason, count] : counts.unqualified) {
    reasons += count;
  }
  CHECK(counts.qualified + reasons == counts.completed + counts.failed + counts.unknown);
}

TEST_CASE("skipped steps are neither attempted nor unqualified", "[report]") {
  LoadedRun run = sample_run();
  StepRecord& step = run.steps.back();
  step.state = StepState::skipped;
  step.outcome.emplace().state = StepState::skipped;
  const MigrationCounts counts = summarise(run).migrations;
  CHECK(counts.attempted == 4317);
  CHECK(counts.unqualified.size() == 3);
}

TEST_CASE("no crash gives the limit that the rate is below", "[report]") {
  LoadedRun run = sample_run();
  run.crashes.clear();
  CHECK(contains(
      to_text(summarise(run)),
      "No crash in 4,211 qualified migrations: with 95 % confidence the rate is below 0.71 per 1,000."));
  run.steps.resize(1);
  run.steps[0] = migstorm::test::ended_step(0, StepState::failed, "not-moved");
  CHECK(contains(to_text(summarise(run)), "no migration qualified: nothing follows from it"));
}

TEST_CASE("more crashes than qualified migrations give no rate", "[report]") {
  LoadedRun run = sample_run();
  run.steps.resize(2);
  const Summary summary = summarise(run);
  REQUIRE(summary.signatures.size() == 1);
  CHECK_FALSE(summary.signatures[0].per_1000);
  CHECK(contains(to_text(summary), "too few migrations qualified to tell a rate"));
  CHECK(contains(to_json(summary), "\"per_1000\": null"));
}

TEST_CASE("the most frequent signature comes first", "[report]") {
  LoadedRun run = sample_run();
  run.crashes[0].signature = "0x7e|foo!Bar";
  const Summary summary = summarise(run);
  REQUIRE(summary.signatures.size() == 2);
  CHECK(summary.signatures[0].signature == "0xd1|read|storvsc!StorChannelVmbusCallback");
  CHECK(summary.signatures[1].count == 1);
}

TEST_CASE("loads that stood still are told of beside the detectors", "[report]") {
  Summary summary = summarise(sample_run());
  summary.stopped_loads = {{"sql-05", 2, std::chrono::minutes(27)}, {"sql-07", 1, std::chrono::minutes(3)}};
  const std::string text = to_text(summary);
  CHECK(contains(text,
                 "  The load of sql-05 stood still 2 times, for 27 min 0 s in all, while its heart beat.\n"));
  CHECK(contains(text,
                 "  The load of sql-07 stood still 1 time, for 3 min 0 s in all, while its heart beat.\n"));
  CHECK(contains(to_json(summary), R"("guest": "sql-05",
      "times": 2,
      "seconds": 1620)"));
}

TEST_CASE("a run that can be resumed has not ended", "[report]") {
  RunEnd interrupted;
  interrupted.resumable = true;
  CHECK(run_state(interrupted, false) == RunState::interrupted);
  CHECK(run_state(std::nullopt, false) == RunState::interrupted);
  CHECK(run_state(std::nullopt, true) == RunState::running);
  CHECK(run_state(migstorm::test::reproduced_end(), true) == RunState::ended);
}

TEST_CASE("what a guest calls itself cannot steer the terminal", "[report][hostile]") {
  LoadedRun run = sample_run();
  run.crashes[0].guest_name = "\x1b[2Jevil\r\n\xc2\x9b"
                              "31m\xe2\x80\xae";
  run.crashes[0].reasons = {std::string(10000, 'x'), "\xff\xfe"};
  run.run.scenario_name = "a\nVerdict: FIXED";
  const std::string text = to_text(summarise(run));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK_FALSE(contains(text, "\xc2\x9b"));
  CHECK_FALSE(contains(text, "\xe2\x80\xae"));
  CHECK_FALSE(contains(text, "\nVerdict: FIXED"));
  CHECK(contains(text, "\xEF\xBF\xBD\xEF\xBF\xBD"));
  CHECK(text.size() < 4000);
}
