// A whole run whose guests' dumps lie on a real file server.
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"
#include "tests/support/samba.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <filesystem>

using namespace migstorm;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

struct Place {
  explicit Place(const std::string& password) {
    REQUIRE(make_dump::write_symbol_store(folder.file("symbols")));
    write_file(folder.file("password"), password + "\n");
    std::filesystem::permissions(folder.file("password"), std::filesystem::perms::owner_read);
    LabText text;
    std::string lab_text = text.text();
    lab_text.insert(lab_text.find("simulated:"),
                    "  smb: {user: 'TEST\\" + server.user() + "', password_file: " + folder.file("password") +
                        "}\n" + "smb: {credential: smb, timeout: 5s}\ndumps: {free: 0B}\n" +
                        "gather: {ways: ['smb://127.0.0.1:" + std::to_string(server.port()) +
                        "/dumps/{guest}/MEMORY.DMP'], symbols: " + folder.file("symbols") + "}\n");
    lab_text += "  dumps: " + server.share() + "\n";
    write_file(lab, lab_text);
    write_file(
        scenario,
        "name: short\ncampaign: reproduce\nmigrate: {count: 200, concurrency: {per_host: 2, total: 8}}\n"
        "stop: {same_signature: 1}\n");
  }
  Finished run() const {
    return migstorm({"run", scenario, "--lab", lab, "--journal", journal, "--seed", "4", "--json"});
  }
  Finished migstorm(std::vector<std::string> arguments) const {
    return run_migstorm(folder, std::move(arguments));
  }
  std::string crash_folder() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.file(""))) {
      if (entry.path().filename() == "MEMORY.DMP.zst") {
        return entry.path().parent_path().string();
      }
    }
    return {};
  }

  SambaServer server;
  Folder folder;
  std::string lab = folder.file("lab.yaml");
  std::string scenario = folder.file("scenario.yaml");
  std::string journal = folder.file("runs.journal");
};

} // namespace

TEST_CASE("a run names its crash from a dump on a share, and keeps the evidence", "[e2e][smb]") {
  const Place place(SambaServer::password());
  std::filesystem::create_directory(place.server.file("sql-1"));
  const Finished ways = place.migstorm(
      {"ways", "--lab", place.lab, "--journal", place.journal, "--guest", "sql-1", "--guest", "nobody"});
  CHECK(ways.code == 3);
  CHECK_THAT(ways.out, Contains("sql-1            reached"));
  CHECK_THAT(ways.out, Contains("nobody           not reached"));

  const Finished run = place.run();
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  CHECK_THAT(run.out, Contains("0xd1|read|storvsc!StorChannelVmbusCallback"));
  const std::string crash = place.crash_folder();
  REQUIRE_FALSE(crash.empty());
  CHECK_THAT(run.out, Contains(crash));
  CHECK_THAT(read_file(crash + "/triage.json"), Contains("StorChannelVmbusCallback"));
  CHECK_THAT(read_file(crash + "/timeline.json"), Contains("crash-earliest"));
  CHECK_THAT(read_file(crash + "/manifest.json"),
             Contains("MEMORY.DMP.zst") &&
                 Contains("migstorm run scenario.yaml --lab " + place.lab + " --seed") &&
                 Contains("\"installed\": \"6.1.7601, no hotfixes\"") && Contains("give or take"));
  CHECK_THAT(read_file(crash + "/timeline.json"), Contains("console.png a stop screen"));
  CHECK_THAT(read_file(crash + "/manifest.json"),
             Contains("MEMORY.DMP.zst") && Contains("console.png") && Contains("console of guest sql-"));
  CHECK(read_file(crash + "/console.png").starts_with("\x89PNG"));

  const std::vector<std::string> verify = {"evidence", "last", "--verify", "--journal", place.journal};
  CHECK(place.migstorm(verify).code == 0);
  const Finished packed = place.migstorm({"evidence", "last", "1", "--pack", "--journal", place.journal});
  CHECK(packed.code == 0);
  CHECK_THAT(packed.out, Contains(".tar.zst"));
  write_file(crash + "/timeline.json", "{}");
  const Finished changed = place.migstorm(verify);
  CHECK(changed.code == 3);
  CHECK_THAT(changed.out, Contains("timeline.json has 2 bytes"));
}

TEST_CASE("a password that the share rejects is sent once, and not by the next run either", "[e2e][smb]") {
  const Place place("wrong");
  const std::string refusal = "FAILED with error NT_STATUS_WRONG_PASSWORD";
  CHECK(place.run().code != 3); // the crash keeps what its bugcheck says
  const std::string log = place.server.log();
  const std::size_t first = log.find(refusal);
  REQUIRE(first != std::string::npos);
  CHECK(log.find(refusal, first + 1) == std::string::npos);
  const Finished again = place.run();
  CHECK(again.code == 3);
  CHECK_THAT(again.err, Contains("--confirm-credential smb"));
  const Finished ways =
      place.migstorm({"ways", "--lab", place.lab, "--journal", place.journal, "--guest", "sql-1"});
  CHECK(ways.code == 3);
  CHECK(place.server.log().size() == log.size());
}

TEST_CASE(
    "each guest is asked with its own credential, and one that is wrong keeps no other from being asked",
    "[e2e][smb]") {
  const SambaServer server;
  const Folder folder;
  std::string credentials;
  for (const auto& [name, password] :
       {std::pair("right", SambaServer::password()), std::pair("wrong", std::string("no"))}) {
    write_file(folder.file(name), password + "\n");
    std::filesystem::permissions(folder.file(name), std::filesystem::perms::owner_read);
    credentials += "  " + std::string(name) + ": {user: 'TEST\\" + server.user() +
                   "', password_file: " + folder.file(name) + "}\n";
  }
  const std::string lab = folder.file("lab.yaml");
  write_file(lab, "name: own\ncredentials:\n" + credentials +
                      "hosts: [{name: node1, credential: right}]\n"
                      "guests:\n  - {name: a, address: 127.0.0.11, credential: wrong}\n"
                      "  - {name: b, address: 127.0.0.12, credential: right}\n"
                      "  - {name: c, address: 127.0.0.13, credential: wrong}\n"
                      "gather: {ways: ['smb://127.0.0.1:" +
                      std::to_string(server.port()) + "/dumps/MEMORY.DMP']}\n");
  const std::vector<std::string> listed = {"ways", "--lab", lab, "--journal", folder.file("runs.journal")};
  std::vector<std::string> another = listed;
  another.insert(another.end(), {"--guest", "d"});
  CHECK_THAT(run_migstorm(folder, another).out, Contains("no credential for d"));

  const Finished ways = run_migstorm(folder, listed);
  CAPTURE(ways.err);
  CHECK(ways.code == 3);
  CHECK_THAT(ways.out, Contains("a                not reached") && Contains("b                reached") &&
                           Contains("c                not reached"));
  const std::string refusal = "FAILED with error NT_STATUS_WRONG_PASSWORD";
  const std::string log = server.log();
  const std::size_t first = log.find(refusal);
  REQUIRE(first != std::string::npos); // of a; c is not tried with it
  CHECK(log.find(refusal, first + 1) == std::string::npos);
  CHECK_THAT(run_migstorm(folder, listed).err, Contains("--confirm-credential wrong"));
}
