// What keeps a run from harm before its first move: passwords, plans, and guests that nobody has seen.
#include "harness/journal/archive.hpp"
#include "harness/journal/memory.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_server.hpp"
#include "tools/migstorm/remembered.hpp"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <numeric>
#include <thread>

using namespace migstorm;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

// 64 hosts that let nobody in.
struct Fortress {
  Fortress() {
    ServerOptions nobody;
    nobody.authorization = "Basic something else";
    for (int i = 0; i < 64; ++i) {
      hosts.push_back(std::make_unique<ScriptedServer>(nobody));
    }
  }
  // A real cluster's lab file.
  std::string lab() const {
    std::string text = "name: big\ncluster: {name: BIG}\nallow_unencrypted: true\n"
                       "credentials:\n  qa: {user: 'CONTOSO\\qa', password_file: PASSWORD}\nhosts:\n";
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      text += fmt::format("  - {{name: node{:02}, url: 'http://127.0.0.1:{}/wsman', credential: qa}}\n", i,
                          hosts[i]->port());
    }
    return text;
  }
  std::size_t rejections() const {
    return std::accumulate(hosts.begin(), hosts.end(), std::size_t{0},
                           [](std::size_t sum, const auto& host) { return sum + host->rejections(); });
  }
  std::size_t requests() const {
    return std::accumulate(hosts.begin(), hosts.end(), std::size_t{0},
                           [](std::size_t sum, const auto& host) { return sum + host->requests().size(); });
  }

  std::vector<std::unique_ptr<ScriptedServer>> hosts;
};

struct Place {
  Folder folder;
  std::string scenario = folder.file("scenario.yaml");
  std::string lab = folder.file("lab.yaml");
  std::string journal = folder.file("runs.journal");

  explicit Place(const std::string& lab_text, std::uint32_t count = 20) {
    write_file(scenario, scenario_text(count));
    write_file(folder.file("password"), "a wrong one\n");
    std::filesystem::permissions(folder.file("password"), std::filesystem::perms::owner_read);
    std::string text = lab_text;
    if (const auto at = text.find("PASSWORD"); at != std::string::npos) {
      text.replace(at, 8, folder.file("password"));
    }
    write_file(lab, text);
  }
  Finished check(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"check", scenario, "--lab", lab, "--journal", journal};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_migstorm(folder, arguments);
  }
  Finished run(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"run", scenario, "--lab", lab, "--journal", journal, "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_migstorm(folder, arguments);
  }
};

} // namespace

TEST_CASE("a wrong password on 64 hosts is one rejected logon in all, until a person confirms it",
          "[interlocks]") {
  const Fortress server;
  const Place place(server.lab());
  const Finished first = place.run();
  CAPTURE(first.err);
  CHECK(first.code == 3);
  CHECK_THAT(first.err, Contains("rejects the credentials"));
  CHECK(server.rejections() == 1);

  const std::size_t asked = server.requests();
  const Finished again = place.run();
  CHECK(again.code == 3);
  CHECK_THAT(again.err, Contains("--confirm-credential qa") && Contains("127.0.0.1"));
  CHECK(place.run({"--plan"}).code == 3);
  CHECK(place.check().code == 3);
  CHECK(server.requests() == asked); // not even without the password

  CHECK(place.run({"--confirm-credential", "qa"}).code == 3);
  CHECK(server.rejections() == 2);
  CHECK(place.run({"--confirm-credential", "nobody"}).code == 2);
  CHECK(server.rejections() == 2);
  CHECK_THAT(first.err + again.err, !Contains("a wrong one"));
}

TEST_CASE("a check of 64 hosts with a wrong password is one rejected logon, and no later run tries it",
          "[interlocks]") {
  const Fortress server;
  const Place place(server.lab());
  const Finished checked = place.check({"--json"});
  CAPTURE(checked.out, checked.err);
  CHECK(checked.code == 3);
  CHECK(server.rejections() == 1);
  CHECK_THAT(checked.out, Contains("rejects the credentials") && Contains("--confirm-credential qa") &&
                              Contains("not asked") && !Contains("a wrong one"));
  CHECK(place.run().code == 3);
  CHECK(server.rejections() == 1);
}

TEST_CASE("a check tells of every host and guest of a lab that it answers, and changes nothing",
          "[interlocks]") {
  LabText text;
  text.clock = "lockstep";
  const Place place(text.text());
  const Finished checked = place.check();
  CAPTURE(checked.out, checked.err);
  CHECK(checked.code == 0);
  CHECK_THAT(checked.out, Contains("connection: it answers, 6.") && Contains(" 0 errors, 0 unknown"));
  CHECK_FALSE(std::filesystem::exists(place.journal));
}

TEST_CASE("a run that was interrupted does not try a rejected password either", "[interlocks]") {
  LabText text;
  text.clock = "lockstep";
  const Place place(text.text(), 3000);
  Process run(
      {MIGSTORM_PROGRAM, "run", place.scenario, "--lab", place.lab, "--journal", place.journal, "--quiet"},
      place.folder.file("out"), place.folder.file("err"));
  while (run.running() && !load_run(place.journal, "last")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  run.signal(SIGINT);
  REQUIRE(run.wait(std::chrono::seconds(60)) == 130);
  for (const std::string& key : {std::string("LAB-CLUSTER"), place.lab}) {
    REQUIRE(remember_rejection(place.journal, key, {"lab", "LAB\\migstorm", "NODE1", CivilTime{}}));
  }
  const Finished refused =
      run_migstorm(place.folder, {"resume", "last", "--journal", place.journal, "--quiet"});
  CHECK(refused.code == 3);
  CHECK_THAT(refused.err, Contains("rejected before by NODE1") && Contains("--confirm-credential lab"));
  const Finished gone_on = run_migstorm(
      place.folder, {"resume", "last", "--journal", place.journal, "--quiet", "--confirm-credential", "lab"});
  CAPTURE(gone_on.err);
  CHECK((gone_on.code == 0 || gone_on.code == 4));
}

TEST_CASE("a run that nobody watches moves no guest that nobody has seen", "[interlocks]") {
  const Folder folder;
  Acceptance acceptance;
  acceptance.journal = folder.file("runs.journal");
  acceptance.scenario.name = "soak";
  acceptance.lab.path = "labs/real.yaml";
  const std::vector<PlanGuest> two = {{"A", "sql-01", "node1", {}}, {"B", "sql-02", "node1", {}}};
  std::vector<PlanGuest> three = two;
  three.push_back({"C", "payroll", "node1", {}});

  const Status first = accept_guests(acceptance, two);
  REQUIRE_FALSE(first);
  CHECK_THAT(first.error().detail, Contains("sql-01, sql-02") && Contains("--plan"));
  acceptance.attended = true;
  CHECK(accept_guests(acceptance, two));
  acceptance.attended = false;
  CHECK(accept_guests(acceptance, two));
  const Status grown = accept_guests(acceptance, three);
  REQUIRE_FALSE(grown);
  CHECK_THAT(grown.error().detail, Contains("1 of its guests: payroll"));
  CHECK(accept_guests(acceptance, two)); // a refusal remembers nothing

  Acceptance another = acceptance;
  another.lab.path = "labs/another.yaml";
  CHECK_FALSE(accept_guests(another, two));
  another.lab.simulated = true;
  CHECK(accept_guests(another, three));
}

TEST_CASE("a plan shows guests, limits and time, and moves nothing", "[interlocks][plan]") {
  LabText text;
  text.clock = "lockstep";
  const Place place(text.text());
  const Finished plan = place.run({"--plan"});
  CAPTURE(plan.err);
  CHECK(plan.code == 0);
  CHECK_THAT(plan.out, Contains("nothing was moved or changed") && Contains("To be moved:") &&
                           Contains("20 migrations at about") && Contains("assumed: no earlier run tells"));
  const Finished json = place.run({"--plan", "--json"});
  CHECK_THAT(json.out, Contains("\"migrations\": 20") && Contains("\"per_hour\":"));
  CHECK(run_migstorm(place.folder, {"runs", "--journal", place.journal}).out.find("test") ==
        std::string::npos);

  CHECK(place.run().code != 3);
  CHECK_THAT(place.run({"--plan"}).out, Contains("as in earlier runs"));
}

TEST_CASE("guests that would leave no dump stop a run before its first move, unless it is told to go on",
          "[interlocks]") {
  LabText lab;
  std::string text = lab.text();
  const std::string name = "name: sql-ha,";
  const std::size_t at = text.find(name);
  REQUIRE(at != std::string::npos);
  text.insert(at + name.size(), " crash_control: {dump: none},");
  const Place place(text);
  const Finished checked = place.check({"--json"});
  CAPTURE(checked.out, checked.err);
  CHECK(checked.code == 3);
  CHECK_THAT(checked.out, Contains("dump-kind") && Contains("CrashDumpEnabled 0") && Contains("dump-space"));
  CHECK(place.check({"--connections"}).code == 0);

  const Finished refused = place.run();
  CAPTURE(refused.err);
  CHECK(refused.code == 3);
  CHECK_THAT(refused.err, Contains("dump-kind") && Contains("--skip-preflight"));
  CHECK(place.run({"--skip-preflight"}).code != 3);
  CHECK(place.run({"--set", "collect.dumps=none"}).code != 3);
}
