// The whole chain from a canary's death to its named dump, on the simulated cluster.
#include "harness/journal/archive.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/value.hpp"
#include "tools/migstorm/clock.hpp"
#include "tools/migstorm/embedded_lab.hpp"
#include "tools/migstorm/evidence.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/wire.hpp"

#include <filesystem>
#include <map>

using namespace migstorm;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

std::string lab_text(const std::string& hosts, const std::string& guests, const std::string& canary) {
  return "name: chain\nclock: lockstep\nallow_unencrypted: true\n"
         "credentials:\n  lab: {user: 'LAB\\migstorm', password: not-a-secret}\n" +
         canary +
         "simulated:\n  cluster: {name: CHAIN}\n"
         "  hosts: [{name: NODE, count: 2, clustered: true, winrm: true, release: " +
         hosts +
         "}]\n"
         "  guests:\n" +
         guests + "  moves: {duration: 1s..3s}\n  crash: {hazard: 0}\n";
}

std::string canary_of(const std::string& release) {
  return "    - {name: canary, clustered: true, notes: for tests migstorm-canary, winrm: true, release: " +
         release + "}\n";
}

LabInput lab_of(const std::string& text) {
  Checked<LabInput> parsed = parse_lab(text, "chain.yaml");
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  return std::move(parsed.value);
}

// A simulated guest's GUID hangs on its name alone.
std::string canary_guid() {
  SimRuntime runtime;
  RuntimeClock clock(runtime);
  const auto lab =
      EmbeddedLab::make(lab_of(lab_text("2016", canary_of("2016"), "")), clock, 1, std::string());
  REQUIRE(lab);
  REQUIRE((*lab)->engine().owners().size() == 1);
  return (*lab)->engine().owners().begin()->first;
}

struct Chain {
  Chain(const std::string& hosts, const std::string& guests, const std::string& self_test) {
    const std::string sql =
        "    - {name: sql, count: 3, clustered: true, notes: migstorm, winrm: true, release: " + guests +
        "}\n";
    const std::string text = lab_text(hosts, sql + canary_of(guests), "canary: [" + canary_guid() + "]\n");
    ParsedScenario scenario =
        parse_scenario("name: chain\ncampaign: soak\nguests: {match: \"sql-*\"}\nself_test: " + self_test +
                           "\nmigrate: {count: 45, concurrency: {per_host: 1, total: 2}, dwell: 10s..20s}\n",
                       "chain.yaml");
    REQUIRE(scenario.diagnostics.empty());
    lab = lab_of(text);
    const LabFile file = lab.lab;
    const Result<SimOutcome> outcome = simulate(RunInput{std::move(scenario.scenario), std::move(lab)},
                                                RunSettings{journal(), 7, true, true});
    if (!outcome) {
      FAIL(outcome.error().detail);
    }
    CHECK(outcome->violations == std::vector<std::string>{});
    CHECK(outcome->run.end.verdict == "PASSED");
    run = value_of(load_run(journal(), "last"));
    summary = value_of(read_summary(journal(), "last"));
    evidence = evidence_path(file, journal(), run.run.id);
  }
  std::string journal() const { return folder.file("chain.journal"); }
  std::map<std::string, std::string> proofs() const {
    std::map<std::string, std::string> all;
    for (const report::SelfTestLine& line : summary.self_test) {
      all[line.link] = line.proof;
    }
    return all;
  }

  Folder folder;
  LabInput lab;
  LoadedRun run;
  report::Summary summary;
  std::string evidence;
};

} // namespace

TEST_CASE("a self-test proves the chain from the canary's death to its named dump", "[self-test]") {
  const auto releases =
      GENERATE(table<std::string, std::string>({{"2012r2", "2008r2sp1"}, {"2016", "2016"}}));
  const Chain chain(std::get<0>(releases), std::get<1>(releases), "nmi");
  CAPTURE(std::get<0>(releases));
  CHECK(chain.proofs() == std::map<std::string, std::string>{{"heartbeat", "provoked"},
                                                             {"uptime", "provoked"},
                                                             {"host-events", "provoked"},
                                                             {"bugcheck-events", "provoked"},
                                                             {"console", "provoked"},
                                                             {"verdict", "provoked"},
                                                             {"dump", "provoked"},
                                                             {"dump-fetched", "provoked"}});
  // In no statistic, and in a folder of its own.
  CHECK(chain.run.crashes.empty());
  CHECK(chain.summary.migrations.completed == 45);
  std::vector<std::filesystem::path> folders;
  for (const auto& each : std::filesystem::directory_iterator(chain.evidence)) {
    folders.push_back(each.path());
  }
  REQUIRE(folders.size() == 1);
  CHECK(folders[0].filename().string().starts_with("self-test-"));
  CHECK(std::filesystem::exists(folders[0] / "MEMORY.DMP.zst"));
  CHECK(std::filesystem::exists(folders[0] / "console.png"));
  CHECK_THAT(report::to_text(chain.summary), Contains("Self-test\n") && Contains("dump: a canary's crash"));
}

TEST_CASE("hosts that inject no interrupts are proven by their answers", "[self-test]") {
  const Chain chain("2012", "2012", "nmi");
  const auto proofs = chain.proofs();
  CHECK(proofs.at("heartbeat") == "passive");
  CHECK(proofs.at("host-events") == "passive");
  CHECK(proofs.count("dump") == 0);
  CHECK(proofs.at("canary") == "none");
  CHECK_FALSE(std::filesystem::exists(chain.evidence));
}

TEST_CASE("without self_test: nmi no canary is touched", "[self-test]") {
  const Chain chain("2016", "2016", "none");
  const auto proofs = chain.proofs();
  CHECK(proofs.at("console") == "passive");
  CHECK(proofs.count("verdict") == 0);
}
