#include "harness/campaign/cluster_lease.hpp"

#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::campaign;
using namespace migstorm::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const std::string kFile = R"(C:\ClusterStorage\Volume1\migstorm-lease.vhd)";

Rig clustered() {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 20;
  for (const std::string& host : rig.host_names) {
    hyperv::HostRoom room;
    for (const char* path : {R"(C:\ClusterStorage\Volume2)", "C:", R"(C:\ClusterStorage\Volume1)"}) {
      room.volumes.push_back({path, 8ULL << 40U, 7ULL << 40U});
    }
    rig.cluster.rooms[host] = room;
  }
  return rig;
}

std::size_t notes_of(const Rig& rig, std::string_view kind) {
  std::size_t count = 0;
  for (const auto& note : rig.journal.notes) {
    count += note.kind == kind ? 1U : 0U;
  }
  return count;
}

} // namespace

TEST_CASE("while a run goes on its file lies on the cluster's first shared volume, and then no more",
          "[lease]") {
  Rig rig = clustered();
  bool there = false;
  auto look = at(*rig.runtime, rig.runtime->now() + 20s, [&] { there = rig.cluster.files.contains(kFile); });
  rig.runtime->post(look.handle());
  REQUIRE(rig.go());
  CHECK(there);
  CHECK(rig.cluster.files.empty());
  CHECK(notes_of(rig, "lease") == 1);
  CHECK(rig.broken() == std::vector<std::string>{});
}

TEST_CASE("a cluster that another run holds is refused before a guest moves, and its file stays", "[lease]") {
  Rig rig = clustered();
  rig.cluster.files[kFile] = lease_mark("run-b");
  const Result<RunEnd> end = rig.go();
  REQUIRE_FALSE(end);
  CHECK(end.error().code == Errc::busy);
  CHECK_THAT(end.error().detail,
             Contains("another run holds cluster") && Contains(kFile) && Contains("--break-lease"));
  CHECK(rig.cluster.ledger.empty());
  CHECK(rig.cluster.files.at(kFile) == lease_mark("run-b"));
}

TEST_CASE("a person may take the cluster from a run that is over", "[lease]") {
  Rig rig = clustered();
  rig.cluster.files[kFile] = lease_mark("run-b");
  rig.break_lease = true;
  REQUIRE(rig.go());
  CHECK(notes_of(rig, "lease-broken") == 1);
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("a resumed run finds its own file and goes on", "[lease]") {
  Rig rig = clustered();
  rig.cluster.files[kFile] = lease_mark(rig.run_id);
  REQUIRE(rig.go());
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("a lost answer to the file's making is settled by looking", "[lease]") {
  Rig rig = clustered();
  rig.cluster.loses_file_answers = true;
  REQUIRE(rig.go());
  CHECK(notes_of(rig, "lease") == 1);
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("a file that comes after its answer got lost is the lease, and is not left behind", "[lease]") {
  Rig rig = clustered();
  rig.cluster.loses_file_answers = true;
  SECTION("soon") {
    rig.cluster.makes_files_after = 7s;
    REQUIRE(rig.go());
    CHECK(notes_of(rig, "lease") == 1);
  }
  SECTION("when the run has long begun without it") {
    rig.cluster.makes_files_after = 25s;
    REQUIRE(rig.go());
    CHECK(notes_of(rig, "no-lease") == 1);
  }
  rig.cluster.settle_files();
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("a run whose journal is full keeps its file for the resume, which lets go of it", "[lease]") {
  Rig rig = clustered();
  rig.journal.commits_until_full = 12;
  REQUIRE_FALSE(rig.go());
  CHECK(rig.cluster.files.contains(kFile));
  REQUIRE(rig.resume());
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("a stopped run lets go of the cluster", "[lease]") {
  Rig rig = clustered();
  auto stopping = at(*rig.runtime, rig.runtime->now() + 20s, [&] { rig.stop->request(Stop::Level::finish); });
  rig.runtime->post(stopping.handle());
  const Result<RunEnd> end = rig.go();
  REQUIRE(end);
  CHECK(end->resumable);
  CHECK(rig.cluster.files.empty());
}

TEST_CASE("without a volume that may be used there is no lease, and the journal says so", "[lease]") {
  Rig rig = clustered();
  rig.lab.allowed_volumes = {R"(C:\ClusterStorage\Volume9)"};
  REQUIRE(rig.go());
  CHECK(notes_of(rig, "no-lease") == 1);
  CHECK(notes_of(rig, "lease") == 0);
}

TEST_CASE("the lease lies on a volume that the lab file allows", "[lease]") {
  const std::vector<std::string> volumes = {R"(C:\ClusterStorage\Volume2)",
                                            "D:", R"(C:\ClusterStorage\Volume1)", "C:"};
  CHECK(lease_volume(volumes, {}, true) == R"(C:\ClusterStorage\Volume1)");
  CHECK(lease_volume(volumes, {R"(c:\clusterstorage\volume2)"}, true) == R"(C:\ClusterStorage\Volume2)");
  CHECK(lease_volume(volumes, {}, false) == "C:");
  CHECK(lease_volume(volumes, {R"(D:)"}, false) == "D:");
  CHECK_FALSE(lease_volume(volumes, {R"(D:)"}, true).has_value());
}

TEST_CASE("the marks of two runs differ and are sizes that a VHD can have", "[lease]") {
  CHECK(lease_mark("20261126-aaaa") != lease_mark("20261126-aaab"));
  CHECK(lease_mark("x") == lease_mark("x"));
  CHECK(lease_mark("x") % 512 == 0);
  CHECK(lease_mark("x") < (2040ULL << 30U));
}
