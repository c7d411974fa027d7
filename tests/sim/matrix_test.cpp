// Every release that the simulated cluster knows, by its own lab file: which guests can be moved in which
// way, and a campaign with crashes, moves that hang until they are cancelled, jobs that time out though the
// guest lands, and the way home. What a release cannot do is refused with a reason.
#include "harness/journal/archive.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/wire.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace migstorm;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

std::string release_text(const std::string& release) {
  std::ifstream file(std::filesystem::path(MIGSTORM_SOURCE_DIR) / "scenarios/labs" / (release + ".yaml"));
  std::stringstream text;
  text << file.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

// The release's own lab with crashes that come often, and with `more` of a simulated cluster's keys.
RunInput files_of(const std::string& release, std::string_view more, std::uint32_t count) {
  std::string lab = release_text(release);
  replace(lab, "hazard: 1/1500", "hazard: 1/15");
  replace(lab, "simulated:\n", "simulated:\n" + std::string(more));
  Checked<LabInput> parsed = parse_lab(lab, release + ".yaml");
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  ParsedScenario scenario =
      parse_scenario(R"(
name: matrix
campaign: soak
guests: {match: "sql*"}
migrate: {count: )" + std::to_string(count) +
                         R"(, concurrency: {per_host: 2, total: 4}, dwell: 1s..3s, timeout: 3min}
stop: {after: 365d}
breaker: {resumes: 1000, failed_moves: 1000}
end: {placement: restore}
)",
                     "matrix.yaml");
  REQUIRE(scenario.diagnostics.empty());
  return RunInput{std::move(scenario.scenario), std::move(parsed.value)};
}

LoadedRun simulate_release(const RunInput& files, const Folder& folder) {
  const std::string journal = folder.file("matrix.journal");
  const Result<SimOutcome> outcome = simulate(files, RunSettings{journal, 7, true, false});
  if (!outcome) {
    FAIL(outcome.error().detail);
  }
  CHECK(outcome->violations == std::vector<std::string>{});
  Result<LoadedRun> run = load_run(journal, "last");
  REQUIRE(run);
  return *std::move(run);
}

std::size_t completed_by(const LoadedRun& run, hyperv::Via via) {
  return static_cast<std::size_t>(
      std::count_if(run.steps.begin(), run.steps.end(), [via](const StepRecord& step) {
        return step.state == StepState::completed && step.intent && step.intent->move.via == via;
      }));
}

std::size_t count_of(const LoadedRun& run, StepState state) {
  return static_cast<std::size_t>(std::count_if(
      run.steps.begin(), run.steps.end(), [state](const StepRecord& step) { return step.state == state; }));
}

void check_home(const LoadedRun& run) {
  CHECK_FALSE(run.conditions.empty());
  for (const Condition& condition : run.conditions) {
    CAPTURE(condition.subject, condition.what, condition.at_start, condition.at_end.value_or("-"));
    CHECK(condition.at_end.has_value());
    CHECK_FALSE(condition.differs());
  }
}

struct Release {
  std::string key;
  bool standalone = true; // hosts of it move guests without a cluster
};

const std::vector<Release> kReleases = {
    {"2008r2sp1", false},  {"2012"}, {"2012r2"}, {"2016"}, {"2019"}, {"2022"}, {"2025"},
    {"azure-local", false}};

} // namespace

TEST_CASE("guests of every release are moved in every way it has, crash, reboot, and go home", "[matrix]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  const Release& release = kReleases[at];
  CAPTURE(release.key);
  const Folder folder;
  const LoadedRun run = simulate_release(files_of(release.key, "", 60), folder);
  CHECK(count_of(run, StepState::completed) == 60);
  CHECK(completed_by(run, hyperv::Via::cluster) > 10);
  CHECK((completed_by(run, hyperv::Via::wmi) > 5) == release.standalone);
  CHECK_FALSE(run.crashes.empty());
  for (const Crash& crash : run.crashes) {
    CHECK(crash.bugcheck == 0xd1);
  }
  check_home(run);
}

TEST_CASE("on every release a job that times out though its guest lands is completed", "[matrix]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  CAPTURE(kReleases[at].key);
  const Folder folder;
  const LoadedRun run = simulate_release(
      files_of(kReleases[at].key, "  faults: {lying-job: {certain: true, probability: 30%}}\n", 40), folder);
  CHECK(count_of(run, StepState::completed) == 40);
}

// A host ends a move by its job, 2008 R2 by control code. The cluster's own live move has no such request:
// its guest is in doubt until the hosts give up, and what is left of its steps may not be made.
TEST_CASE("on every release moves that hang leave no step open, and those that can be ended are",
          "[matrix]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  const Release& release = kReleases[at];
  CAPTURE(release.key);
  const Folder folder;
  const LoadedRun run = simulate_release(
      files_of(release.key, "  faults: {stuck-job: {certain: true, probability: 20%}}\n", 40), folder);
  CHECK(count_of(run, StepState::intended) == 0);
  for (const StepRecord& step : run.steps) {
    const bool endable =
        step.intent && (step.intent->move.via == hyperv::Via::wmi || release.key == "2008r2sp1");
    CHECK_FALSE((endable && step.state == StepState::unknown));
  }
  CHECK(count_of(run, StepState::failed) + count_of(run, StepState::unknown) > 0);
}

TEST_CASE("standalone guests of a host that cannot move them are left out with the reason", "[matrix]") {
  std::string lab = release_text("2008r2sp1");
  replace(lab, "  guests:\n",
          "    - {name: HV, count: 2, release: 2008r2sp1, winrm: true}\n  guests:\n"
          "    - {name: sql-alone, on: HV, release: 2008r2sp1, notes: migstorm}\n");
  const Folder folder;
  RunInput files = files_of("2008r2sp1", "", 5);
  Checked<LabInput> parsed = parse_lab(lab, "lab.yaml");
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  files.lab = std::move(parsed.value);
  files.scenario.guests_match = "sql-alone";
  const Result<SimOutcome> outcome = simulate(files, RunSettings{folder.file("a.journal"), 7, true, false});
  REQUIRE_FALSE(outcome);
  CHECK_THAT(outcome.error().detail, Contains("cannot move such guests live"));
}

TEST_CASE("hosts of 2025 that still use CredSSP are named before anything is asked of them", "[matrix]") {
  std::string lab = release_text("2025");
  replace(lab, ", authentication: kerberos", "");
  RunInput files = files_of("2025", "", 5);
  Checked<LabInput> parsed = parse_lab(lab, "lab.yaml");
  REQUIRE(parsed.diagnostics.empty());
  files.lab = std::move(parsed.value);
  files.scenario.migrate.via = ViaChoice::wmi;
  const Folder folder;
  const Result<SimOutcome> outcome = simulate(files, RunSettings{folder.file("a.journal"), 7, true, false});
  REQUIRE_FALSE(outcome);
  CHECK_THAT(outcome.error().detail, Contains("Credential Guard") && Contains("Kerberos"));
}
