// Guests of every kind on the simulated cluster: each is moved, moved with a remark, or left out with its
// reason, as docs/operations.md says, and none that is left out is touched.
#include "harness/journal/archive.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/wire.hpp"

#include <algorithm>
#include <set>
#include <string>

using namespace migstorm;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

struct Kind {
  std::string name;
  std::string keys;   // of the lab file
  std::string since;  // release that it came with; empty: all
  std::string reason; // why it stays; empty: it is moved
  std::string remark; // of one that is moved
};

const std::vector<Kind> kKinds = {
    {"q-plain", "", "", "", ""},
    {"q-through", "disks: [{kind: pass-through}]", "", "a disk of its host is passed through", ""},
    {"q-disc", "iso: local", "", "the disc image 'D:\\ISO\\setup.iso' lies on its host alone", ""},
    {"q-disc-shared", "iso: share", "", "", ""},
    {"q-disc-volume", "iso: cluster-volume", "", "", ""},
    {"q-kept", "checkpoints: {count: 2}, disks: [{size: 10GiB}]", "", "", "it has checkpoints"},
    {"q-owned", "possible_owners: [NODE1, NODE2]", "", "", ""},
    {"q-stuck", "possible_owners: NODE1, on: NODE1", "", "possible owner", ""},
    {"q-function", "sr_iov: true", "2012", "", "SR-IOV"},
    {"q-fibre", "fibre_channel: 1", "2012", "", "virtual fibre channel"},
    {"q-primary", "replication: primary", "2012", "", "it is replicated"},
    {"q-test", "replication: test-replica", "2012", "it is a replica", ""},
    {"q-replica", "replication: replica", "2012", "it is not running", ""},
    {"q-shared", "count: 1, disks: [{kind: shared}]", "2012r2", "it shares a disk", ""},
    {"q-second", "generation: 2, release: \"2012\"", "2012r2", "", ""},
    {"q-set", "disks: [{kind: set}]", "2016", "it shares a disk", ""},
    {"q-device", "assigned_devices: 1", "2016", "discrete device assignment", ""},
    {"q-tpm", "generation: 2, release: 2016, tpm: true", "2016", "virtual TPM", ""},
    {"q-shielded", "generation: 2, release: 2016, shielded: true", "2016", "it is shielded", ""},
};

const std::vector<std::string> kReleases = {"2008r2sp1", "2012", "2012r2", "2016",
                                            "2019",      "2022", "2025",   "azure-local"};

bool has(const std::string& release, const std::string& since) {
  return std::find(kReleases.begin(), kReleases.end(), release) >=
         (since.empty() ? kReleases.begin() : std::find(kReleases.begin(), kReleases.end(), since));
}

std::vector<Kind> kinds_of(const std::string& release) {
  std::vector<Kind> kinds;
  std::copy_if(kKinds.begin(), kKinds.end(), std::back_inserter(kinds),
               [&](const Kind& kind) { return has(release, kind.since); });
  return kinds;
}

std::string lab_text(const std::string& release, const std::string& faults = "") {
  std::string text = "name: kinds\nclock: lockstep\nallow_unencrypted: true\n"
                     "credentials:\n  lab: {user: 'LAB\\migstorm', password: not-a-secret}\n"
                     "simulated:\n  cluster: {name: KINDS}\n  hosts:\n"
                     "    - {name: NODE, count: 3, clustered: true, winrm: true, release: " +
                     release + "}\n  guests:\n";
  for (const Kind& kind : kinds_of(release)) {
    text += "    - {name: " + kind.name + ", clustered: true, notes: migstorm, " + kind.keys + "}\n";
  }
  return text + "  moves: {duration: 1s..3s}\n  crash: {hazard: 0}\n" + faults;
}

RunInput files_of(const std::string& lab, std::uint32_t count) {
  Checked<LabInput> parsed = parse_lab(lab, "kinds.yaml");
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  ParsedScenario scenario = parse_scenario(
      "name: kinds\ncampaign: soak\nguests: {match: \"q-*\"}\nmigrate: {count: " + std::to_string(count) +
          ", concurrency: {per_host: 1, total: 3}, dwell: 1s..2s, timeout: 3min}\n"
          "stop: {after: 365d}\nend: {placement: restore}\n",
      "kinds.yaml");
  REQUIRE(scenario.diagnostics.empty());
  return RunInput{std::move(scenario.scenario), std::move(parsed.value)};
}

report::PlanReport plan_of(const std::string& lab) {
  const Folder folder;
  const auto plan =
      plan_on_sockets(files_of(lab, 10), RunSettings{folder.file("plan.journal"), 7, true, false});
  if (!plan) {
    FAIL(plan.error().detail);
  }
  return *plan;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += text + "\n";
  }
  return all;
}

} // namespace

TEST_CASE("each kind of guest is moved, or left out with its reason, on every release that has it",
          "[hardware]") {
  const auto release =
      GENERATE(as<std::string>{}, "2008r2sp1", "2012", "2012r2", "2016", "2025", "azure-local");
  CAPTURE(release);
  const report::PlanReport plan = plan_of(lab_text(release));
  for (const Kind& kind : kinds_of(release)) {
    CAPTURE(kind.name);
    const auto moved = std::find_if(plan.guests.begin(), plan.guests.end(),
                                    [&](const auto& each) { return each.guest.name == kind.name; });
    const auto left = std::find_if(plan.left_out.begin(), plan.left_out.end(),
                                   [&](const LeftOut& each) { return each.guest == kind.name; });
    CHECK((moved != plan.guests.end()) == kind.reason.empty());
    CHECK((left != plan.left_out.end()) == !kind.reason.empty());
    if (left != plan.left_out.end()) {
      CHECK_THAT(left->reason, Contains(kind.reason));
    } else if (moved != plan.guests.end()) {
      CHECK_THAT(joined(moved->remarks), Contains(kind.remark));
      CHECK(moved->remarks.size() == (kind.remark.empty() ? 0 : 1));
      CHECK(moved->guest.reach.size() == (kind.name == "q-owned" ? 2 : 3));
    }
  }
}

TEST_CASE("a run among guests of every kind moves those of the plan and no other", "[hardware]") {
  const auto release = GENERATE(as<std::string>{}, "2008r2sp1", "2012r2", "2016", "2025");
  CAPTURE(release);
  const Folder folder;
  const std::string journal = folder.file("kinds.journal");
  const Result<SimOutcome> outcome =
      simulate(files_of(lab_text(release), 60), RunSettings{journal, 7, true, false});
  if (!outcome) {
    FAIL(outcome.error().detail);
  }
  CHECK(outcome->violations == std::vector<std::string>{});
  const Result<LoadedRun> run = load_run(journal, "last");
  REQUIRE(run);
  std::set<std::string> kept;
  for (const Kind& kind : kinds_of(release)) {
    if (!kind.reason.empty()) {
      kept.insert(kind.name);
    }
  }
  std::size_t completed = 0;
  for (const PlanGuest& guest : run->guests) {
    CHECK(kept.count(guest.name) == 0);
  }
  for (const StepRecord& step : run->steps) {
    CAPTURE(step.step.guest);
    CHECK(step.state == StepState::completed);
    completed += step.state == StepState::completed ? 1 : 0;
  }
  CHECK(completed == 60);
}

TEST_CASE("a standalone primary stays, and so does one whose disc is on its host", "[hardware]") {
  const report::PlanReport plan =
      plan_of("name: alone\nclock: lockstep\nallow_unencrypted: true\n"
              "credentials:\n  lab: {user: 'LAB\\migstorm', password: not-a-secret}\n"
              "simulated:\n  hosts: [{name: HV, count: 2, release: 2016}]\n  guests:\n"
              "    - {name: q-primary, notes: migstorm, replication: primary}\n"
              "    - {name: q-disc, notes: migstorm, iso: local}\n"
              "    - {name: q-plain, notes: migstorm}\n");
  REQUIRE(plan.guests.size() == 1);
  CHECK(plan.guests[0].guest.name == "q-plain");
  CHECK(plan.guests[0].remarks.empty());
  REQUIRE(plan.left_out.size() == 2);
  CHECK_THAT(plan.left_out[0].reason + plan.left_out[1].reason,
             Contains("a move would break that off") && Contains("lies on its host alone"));
}
