// A client that others wrote, python3-winrm, talks to the simulated cluster: what only our own client
// understands would be a shared mistake.
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"

#include <csignal>
#include <memory>
#include <string>
#include <thread>

using namespace migstorm::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct Served {
  Folder folder;
  std::unique_ptr<Process> lab;
  std::string node; // "127.0.1.4:34567" of HV1
  std::string other;

  Served() {
    LabText text;
    text.clock = "100";
    text.duration = "1s";
    write_file(folder.file("lab.yaml"), text.text());
    lab = std::make_unique<Process>(
        std::vector<std::string>{MIGSTORM_PROGRAM, "lab", folder.file("lab.yaml"), "--port", "0"},
        folder.file("lab.out"), folder.file("lab.err"));
    while (lab->running() && address_of("HV2").empty()) {
      std::this_thread::sleep_for(10ms);
    }
    node = address_of("HV1");
    other = address_of("HV2");
  }
  // From the line "HV1          http://127.0.1.4:34567/wsman".
  std::string address_of(const std::string& machine) const {
    const std::string out = read_file(folder.file("lab.out"));
    const std::size_t line = out.find(machine + ' ');
    const std::size_t start = out.find("http://", line);
    const std::size_t end = out.find("/wsman", line);
    return line == std::string::npos || end == std::string::npos ? ""
                                                                 : out.substr(start + 7, end - start - 7);
  }
  Finished python(std::vector<std::string> argv) {
    argv.insert(argv.begin(), "/usr/bin/python3");
    Process process(argv, folder.file("py.out"), folder.file("py.err"));
    const int code = process.wait(60s);
    return {code, read_file(folder.file("py.out")), read_file(folder.file("py.err"))};
  }
};

} // namespace

TEST_CASE("python3-winrm migrates guests of the simulated cluster", "[winrm]") {
  Served served;
  REQUIRE_FALSE(served.node.empty());
  const Finished finished =
      served.python({std::string(MIGSTORM_SOURCE_DIR) + "/tests/bench/winrm_baseline.py",
                     "HV1=" + served.node, "HV2=" + served.other, "--moves", "6", "--pause", "0.01"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK_THAT(finished.out, Contains("\"moves\": 6") && Contains("\"landed\": 6"));
  served.lab->signal(SIGTERM);
  CHECK(served.lab->wait(10s) == 0);
  CHECK_THAT(read_file(served.folder.file("lab.out")), Contains("invoke MigrateVirtualSystemToHost\": 6"));
}

TEST_CASE("python3-winrm with a wrong password is told so", "[winrm]") {
  Served served;
  const Finished finished =
      served.python({std::string(MIGSTORM_SOURCE_DIR) + "/tests/bench/winrm_baseline.py",
                     "HV1=" + served.node, "HV2=" + served.other, "--password", "wrong"});
  CHECK(finished.code != 0);
  CHECK_THAT(finished.err, Contains("credentials"));
}

TEST_CASE("the example in the README lists the guests of a host", "[winrm]") {
  Served served;
  const std::string readme = read_file(std::string(MIGSTORM_SOURCE_DIR) + "/README.md");
  const std::string fence = "```python\n";
  const std::size_t start = readme.find(fence);
  REQUIRE(start != std::string::npos);
  std::string example = readme.substr(start + fence.size());
  example.resize(example.find("```"));
  const std::string address = "127.0.1.5:5985";
  const std::size_t at = example.find(address);
  REQUIRE(at != std::string::npos);
  example.replace(at, address.size(), served.node);
  write_file(served.folder.file("example.py"), example);
  const Finished finished = served.python({served.folder.file("example.py")});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK_THAT(finished.out, Contains("EnumerateResponse") && Contains("ElementName>sql-01<"));
}
