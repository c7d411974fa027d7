// Whole runs in virtual time against the simulated cluster, with faults drawn by the seed; what a cluster
// guarantees is checked by the cluster, and the journal is held against the cluster's own ledger.
#include "harness/journal/archive.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/wire.hpp"

#include <string>

using namespace migstorm;
using namespace migstorm::test;

namespace {

RunInput files_for(std::uint32_t count, const LabText& text) {
  ParsedScenario scenario = parse_scenario(scenario_text(count), "test.yaml");
  REQUIRE(scenario.diagnostics.empty());
  Checked<LabInput> lab = parse_lab(text.text(), "lab.yaml");
  for (const Diagnostic& diagnostic : lab.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  return RunInput{std::move(scenario.scenario), std::move(lab.value)};
}

struct Simulated {
  SimOutcome outcome;
  LoadedRun run;
};

Simulated simulate_one(const RunInput& files, std::uint64_t seed, const Folder& folder) {
  const std::string journal = folder.file(std::to_string(seed) + ".journal");
  RunSettings settings{journal, seed, true, false};
  settings.skip_preflight = true; // some of these clusters would be refused
  Result<SimOutcome> outcome = simulate(files, settings);
  if (!outcome) {
    FAIL("seed " << seed << ": " << outcome.error().detail);
  }
  Result<LoadedRun> run = load_run(journal, "last");
  REQUIRE(run);
  return {*std::move(outcome), *std::move(run)};
}

std::uint64_t count_in(const LoadedRun& run, StepState state) {
  std::uint64_t count = 0;
  for (const StepRecord& step : run.steps) {
    count += step.state == state ? 1U : 0U;
  }
  return count;
}

} // namespace

TEST_CASE("without faults every planned migration completes, and the ledger agrees", "[sim]") {
  const Folder folder;
  LabText text;
  text.hazard = "0";
  const Simulated simulated = simulate_one(files_for(300, text), 5, folder);
  CHECK(simulated.outcome.violations == std::vector<std::string>{});
  CHECK(count_in(simulated.run, StepState::completed) == 300);
  CHECK(simulated.run.crashes.empty());
}

TEST_CASE("every invariant holds for seeds with all faults armed", "[sim]") {
  const Folder folder;
  LabText text;
  text.faults = "all";
  const RunInput files = files_for(120, text);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Simulated simulated = simulate_one(files, seed, folder);
    CHECK(simulated.outcome.violations == std::vector<std::string>{});
    CHECK(simulated.run.steps.size() == 120);
    CHECK(count_in(simulated.run, StepState::intended) == 0);
  }
}

TEST_CASE(
    "a cluster of 2008 R2 is moved in both of its ways, and every invariant holds with all faults armed",
    "[sim]") {
  const bool control = GENERATE(true, false);
  CAPTURE(control);
  const Folder folder;
  LabText text;
  text.faults = "all";
  RunInput files = files_for(40, text);
  Checked<LabInput> lab = parse_lab(old_cluster_text(control), "lab.yaml");
  REQUIRE(lab.diagnostics.empty());
  files.lab = std::move(lab.value);
  std::size_t broken_off_runs = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    const Simulated simulated = simulate_one(files, seed, folder);
    CHECK(simulated.outcome.violations == std::vector<std::string>{});
    // The breaker ends a run whose only other node goes down time and again.
    const bool broken_off = simulated.run.end && simulated.run.end->resumable;
    CHECK((count_in(simulated.run, StepState::completed) > 20 || broken_off));
    broken_off_runs += broken_off ? 1U : 0U;
    CHECK(count_in(simulated.run, StepState::intended) == 0);
  }
  CHECK(broken_off_runs < 3);
}

TEST_CASE("crashes that the cluster recorded are noticed, with their bugcheck", "[sim]") {
  const Folder folder;
  LabText text;
  text.hazard = "1/20";
  const Simulated simulated = simulate_one(files_for(300, text), 3, folder);
  REQUIRE(simulated.run.crashes.size() >= 3);
  std::size_t known = 0;
  for (const Crash& crash : simulated.run.crashes) {
    known += crash.bugcheck == 0xd1 ? 1U : 0U;
  }
  CHECK(known == simulated.run.crashes.size());
}

TEST_CASE("a guest that the cluster's heartbeat monitoring reset is no crash that anybody could prove",
          "[sim]") {
  const Folder folder;
  LabText text;
  text.hazard = "1/10";
  std::string lab = text.text();
  const std::string cluster = "cluster: {name: LAB-CLUSTER";
  lab.insert(lab.find(cluster) + cluster.size(), ", heartbeat_recovery: 20s"); // dumps take 30 s at least
  Checked<LabInput> parsed = parse_lab(lab, "lab.yaml");
  REQUIRE(parsed.diagnostics.empty());
  RunInput files = files_for(200, text);
  files.lab = std::move(parsed.value);
  const Simulated simulated = simulate_one(files, 3, folder);
  REQUIRE_FALSE(simulated.run.crashes.empty()); // of standalone guests, which nobody resets
  for (const Crash& crash : simulated.run.crashes) {
    CHECK(crash.host.starts_with("HV"));
  }
  CHECK(simulated.outcome.violations == std::vector<std::string>{});
}

TEST_CASE("clocks that are wrong by minutes change neither which crashes are counted nor where they belong",
          "[sim]") {
  const Folder folder;
  LabText text;
  text.hazard = "1/20";
  RunInput files = files_for(300, text);
  const Simulated right = simulate_one(files, 3, folder);
  std::string lab = text.text();
  const auto insert = [&lab](std::string_view behind, std::string_view what) {
    lab.insert(lab.find(behind) + behind.size(), what);
  };
  insert("release: 2012r2, clustered: true", ", clock_ahead: 7min");
  insert("- {name: HV, count: 2", ", clock_behind: 25min");
  insert("- {name: sql-ha, count: 6", ", clock_behind: 3h");
  insert("- {name: sql, count: 3", ", clock_ahead: 2min");
  Checked<LabInput> parsed = parse_lab(lab, "lab.yaml");
  REQUIRE(parsed.diagnostics.empty());
  files.lab = std::move(parsed.value);
  const Folder other;
  const Simulated wrong = simulate_one(files, 3, other);
  REQUIRE(right.run.crashes.size() >= 3);
  REQUIRE(wrong.run.crashes.size() == right.run.crashes.size());
  for (std::size_t i = 0; i < wrong.run.crashes.size(); ++i) {
    CHECK(wrong.run.crashes[i].guest == right.run.crashes[i].guest);
    CHECK(wrong.run.crashes[i].step == right.run.crashes[i].step);
    CHECK(wrong.run.crashes[i].bugcheck == 0xd1);
  }
  CHECK(wrong.outcome.violations == std::vector<std::string>{});
}

TEST_CASE("a guest with its disks on IDE does not crash", "[sim]") {
  const Folder folder;
  LabText text;
  text.hazard = "1/5";
  std::string lab = text.text();
  for (std::size_t at = lab.find("bus: scsi"); at != std::string::npos; at = lab.find("bus: scsi", at)) {
    lab.replace(at, 9, "bus: ide");
  }
  for (std::size_t at = lab.find("count: 4}]"); at != std::string::npos; at = lab.find("count: 4}]", at)) {
    lab.replace(at, 10, "count: 2}]");
  }
  Checked<LabInput> parsed = parse_lab(lab, "lab.yaml");
  REQUIRE(parsed.diagnostics.empty());
  RunInput files = files_for(200, text);
  files.lab = std::move(parsed.value);
  const Simulated simulated = simulate_one(files, 3, folder);
  CHECK(simulated.run.crashes.empty());
  CHECK(count_in(simulated.run, StepState::completed) == 200);
}
