#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

TEST_CASE("nodes and shared volumes are read in two queries", "[cluster]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.rows(kCluster, "MSCluster_Node",
               {p("Name", "HV1") + p("State", "0"), p("Name", "hv2") + p("State", "2"),
                p("Name", "OTHER") + p("State", "7") + p("StatusInformation", "2")});
  lab.hv1.rows(kCluster, "MSCluster_ClusterSharedVolume",
               {p("Name", R"(C:\ClusterStorage\Volume1)") + p("FaultState", "1") + p("BackupState", "1"),
                p("Name", R"(C:\ClusterStorage\Volume2)") + nil("FaultState") + nil("BackupState")});
  const auto state = lab.ask(lab.cluster().cluster_state("hv1.lab.test"));
  REQUIRE(state);
  CHECK(lab.hv1.seen.size() == 2);
  REQUIRE(state->nodes.size() == 3);
  CHECK(state->nodes[0].name == "hv1.lab.test");
  CHECK(state->nodes[0].state == NodeState::up);
  CHECK(state->nodes[1].name == "hv2.lab.test");
  CHECK(state->nodes[1].state == NodeState::paused);
  CHECK(state->nodes[2].name == "OTHER");
  CHECK(state->nodes[2].state == NodeState::unknown);
  CHECK(state->nodes[2].quarantined);
  REQUIRE(state->volumes.size() == 2);
  CHECK(state->volumes[0].fault_state == 1);
  CHECK(state->volumes[0].backup);
  CHECK(state->volumes[1].path == R"(C:\ClusterStorage\Volume2)");
  CHECK(state->volumes[1].fault_state == 0);
}

TEST_CASE("a host outside of a cluster has no nodes", "[cluster]") {
  HypervLab lab;
  lab.hv1 = HostScript();
  make_2008r2(lab.hv1, "HV1");
  CHECK(lab.ask(lab.cluster().cluster_state("hv1.lab.test")).error().code == Errc::unsupported);
}

TEST_CASE("memory and volumes of a host are read; what cannot be is left out", "[room]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_OperatingSystem",
               {p("TotalVisibleMemorySize", "134217728") + p("FreePhysicalMemory", "1048576")});
  lab.hv1.rows(kCim, "Win32_Volume",
               {p("Name", R"(C:\ClusterStorage\Volume1\)") + p("Capacity", "1000") + p("FreeSpace", "400"),
                p("Name", R"(\\?\Volume{1}\)") + p("Capacity", "1000") + p("FreeSpace", "400"),
                p("Name", R"(E:\)") + p("Capacity", "10") + p("FreeSpace", "400"),
                p("Name", R"(F:\)") + nil("Capacity") + nil("FreeSpace")});
  const auto room = lab.ask(lab.cluster().room("hv1.lab.test"));
  REQUIRE(room);
  CHECK(room->memory == 128ULL << 30U);
  CHECK(room->memory_free == 1ULL << 30U);
  REQUIRE(room->volumes.size() == 1);
  CHECK(room->volumes[0].path == R"(C:\ClusterStorage\Volume1)");
  CHECK(room->volumes[0].size == 1000);
  CHECK(room->volumes[0].free == 400);
}
