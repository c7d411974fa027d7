// The program as its users see it: arguments in, text and exit codes out.
#include "harness/journal/archive.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"

#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct Place {
  Folder folder;
  std::string scenario = folder.file("scenario.yaml");
  std::string lab = folder.file("lab.yaml");
  std::string journal = folder.file("runs.journal");

  explicit Place(std::uint32_t count = 60, const LabText& text = LabText()) {
    write_file(scenario, scenario_text(count));
    write_file(lab, text.text());
  }
  Finished migstorm(std::vector<std::string> arguments) const {
    return run_migstorm(folder, std::move(arguments));
  }
  Finished run(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"run", scenario, "--lab", lab, "--journal", journal, "--seed", "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return migstorm(arguments);
  }
};

std::string library(const std::string& file) {
  return std::string(MIGSTORM_SOURCE_DIR) + "/scenarios/" + file;
}

} // namespace

TEST_CASE("every command explains itself", "[cli]") {
  const Folder folder;
  const std::string command =
      GENERATE("run", "resume", "stop", "sim", "lab", "validate", "runs", "status", "report");
  const Finished help = run_migstorm(folder, {command, "--help"});
  CAPTURE(command);
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Contains("Usage: migstorm " + command));
}

TEST_CASE("a command line that makes no sense is exit code 2", "[cli]") {
  const Folder folder;
  const std::vector<std::string> arguments = GENERATE(values<std::vector<std::string>>(
      {{}, {"fly"}, {"run"}, {"run", "x.yaml", "--sed", "1"}, {"sim", "x.yaml", "--runs", "0"}}));
  CHECK(run_migstorm(folder, arguments).code == 2);
}

TEST_CASE("a missing scenario is said by name", "[cli]") {
  const Folder folder;
  const Finished finished = run_migstorm(folder, {"run", "no-such.yaml", "--journal", folder.file("j")});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("no-such.yaml"));
}

TEST_CASE("the library validates, and what is wrong with a file is told all at once", "[cli]") {
  const Folder folder;
  const Finished good =
      run_migstorm(folder, {"validate", library("kb2636573-reproduce.yaml"), library("kb2636573-verify.yaml"),
                            library("soak-overnight.yaml"), library("smoke.yaml"), library("sweep.yaml"),
                            library("ab-hotfix.yaml"), library("labs/simulated.yaml"),
                            library("labs/example-cluster.yaml")});
  CHECK(good.code == 0);
  CAPTURE(good.err);
  const std::string bad = folder.file("bad.yaml");
  write_file(bad, "name: x\nmigrate:\n  cuont: 5\n  dwell: 3 parsecs\n");
  const Finished refused = run_migstorm(folder, {"validate", bad});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains("bad.yaml:3:3") && Contains("count") && Contains("bad.yaml:4:"));
}

TEST_CASE("a run ends with a summary in words, and the journal tells the same again", "[cli]") {
  const Place place;
  const Finished finished = place.run({"--quiet"});
  CAPTURE(finished.err);
  CHECK((finished.code == 0 || finished.code == 4));
  CHECK_THAT(finished.out, Contains("60"));
  const Finished again = place.migstorm({"report", "last", "--journal", place.journal});
  CHECK(again.code == 0);
  CHECK(again.out == finished.out);
  const Finished json = place.migstorm({"report", "last", "--journal", place.journal, "--format", "json"});
  CHECK_THAT(json.out, Contains("\"schema\": 1") && Contains("\"planned\": 60"));
  CHECK(place.migstorm({"runs", "--journal", place.journal}).code == 0);
  CHECK_THAT(place.migstorm({"status", "--journal", place.journal}).out, Contains("test"));
  CHECK(place.migstorm({"resume", "last", "--journal", place.journal}).code != 0);
}

TEST_CASE("Ctrl-C follows what is in flight to its end, and the run can be resumed", "[cli]") {
  LabText text;
  text.clock = "lockstep";
  const Place place(20000, text);
  Process run({MIGSTORM_PROGRAM, "run", place.scenario, "--lab", place.lab, "--journal", place.journal,
               "--seed", "3"},
              place.folder.file("out"), place.folder.file("err"));
  while (run.running() && !load_run(place.journal, "last")) {
    std::this_thread::sleep_for(20ms);
  }
  run.signal(SIGINT);
  CHECK(run.wait(60s) == 130);
  Result<LoadedRun> stopped = load_run(place.journal, "last");
  REQUIRE(stopped);
  for (const StepRecord& step : stopped->steps) {
    REQUIRE(step.state != StepState::intended);
    REQUIRE(step.state != StepState::unknown);
  }
  CHECK_THAT(read_file(place.folder.file("err")), Contains("migstorm resume"));
}

TEST_CASE("a lab that nobody serves is an environment error that says so", "[cli]") {
  LabText text;
  text.clock = "10";
  text.port = 1; // nobody listens there
  const Place place(10, text);
  const Finished finished = place.run({"--quiet"});
  CHECK(finished.code == 3);
  CHECK_THAT(finished.err, Contains("NODE1"));
}

TEST_CASE("a guest whose load stops is told of and accused of nothing, and its migrations do not count",
          "[cli]") {
  LabText text;
  text.faults = "{stopped-load: {certain: true, probability: 10%}}";
  text.hazard = "0";
  const Place place(300, text);
  write_file(place.scenario, scenario_text(300) +
                                 "disks: [{bus: scsi, type: dynamic, size: 40GiB, count: 4}]\n"
                                 "load: {rate: 40MiB/s, when: always}\n");
  const Finished finished = place.run({"--quiet"});
  CAPTURE(finished.err);
  CHECK_THAT(finished.out, Contains("load alive 100 %") && Contains("No crash"));
  CHECK_THAT(finished.out, Contains("The load of ") && Contains("while its heart beat"));
  CHECK_THAT(finished.out, Contains("growth"));
}

TEST_CASE("two simulations with one seed write the same journal, byte for byte", "[cli]") {
  const Place place(300);
  const std::string first = place.folder.file("first.journal");
  const std::string second = place.folder.file("second.journal");
  for (const std::string& journal : {first, second}) {
    const Finished finished = place.migstorm({"sim", place.scenario, "--lab", place.lab, "--seed", "11",
                                              "--arm-faults", "--quiet", "--journal", journal});
    CAPTURE(finished.err);
    CHECK((finished.code == 0 || finished.code == 4));
  }
  CHECK(read_file(first) == read_file(second));
  CHECK_FALSE(read_file(first).empty());
}
