// What tells the releases of the simulated hosts apart.
#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

std::string hosts_of(const std::string& release, const std::string& more = "") {
  return "simulated:\n  cluster: {name: C}\n  hosts:\n    - {name: N, count: 2, clustered: true, winrm: "
         "true, "
         "release: " +
         release + "}\n    - {name: H, count: 2, winrm: true, release: " + release + more +
         "}\n  guests: [{name: c, on: N, clustered: true}, {name: s, on: H}]\n  moves: {duration: 10s}\n";
}

std::string rolling(const std::string& older, const std::string& newer, const std::string& guest = "") {
  return "simulated:\n  cluster: {name: C}\n  hosts:\n    - {name: A, clustered: true, release: " + older +
         "}\n    - {name: B, clustered: true, release: " + newer +
         "}\n  guests: [{name: g, clustered: true, on: " + (guest.empty() ? "A" : "B, " + guest) +
         "}]\n  moves: {duration: 10s}\n";
}

bool lands(Lab& lab, const std::string& to) {
  REQUIRE(lab.move_group("g", to).hresult == 0);
  lab.pass(20s);
  return lab.host_of(lab.guest("g")) == to;
}

} // namespace

TEST_CASE("a release has the namespaces of its time", "[releases]") {
  const auto [release, v1, v2, cluster_view, cimv2] =
      GENERATE(table<std::string, bool, bool, bool, bool>({{"2008r2sp1", true, false, false, false},
                                                           {"2012", true, true, false, true},
                                                           {"2012r2", false, true, false, true},
                                                           {"2016", false, true, true, true},
                                                           {"2025", false, true, true, true},
                                                           {"azure-local", false, true, true, true}}));
  INFO(release);
  Hosts lab(hosts_of(release));
  const auto node = lab.host(0);
  CHECK(node.machine->has_namespace(kVirtualizationV1) == v1);
  CHECK(node.machine->has_namespace(kVirtualizationV2) == v2);
  CHECK(node.machine->has_namespace(kHyperVCluster) == cluster_view);
  CHECK(node.machine->has_namespace(kStandardCimv2) == cimv2);
  CHECK_FALSE(lab.host(2).machine->has_namespace(kHyperVCluster)); // it stands alone
}

TEST_CASE("any node shows the machines of the whole cluster, from 2016 on", "[releases]") {
  Hosts lab(hosts_of("2016"));
  auto other = lab.host(1);
  CHECK(other.column(kHyperVCluster, "SELECT * FROM Msvm_ComputerSystem WHERE ElementName='c'", "Name") ==
        lab.id("c"));
  CHECK(other.query(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE ElementName='c'").empty());
  CHECK(other.query(kHyperVCluster, "SELECT * FROM Msvm_ComputerSystem WHERE ElementName='s'").empty());
}

TEST_CASE("properties come with the release that brought them", "[releases]") {
  const auto [release, balancer, parallel] =
      GENERATE(table<std::string, std::string, std::string>({{"2012r2", "absent", "absent"},
                                                             {"2016", "2", "absent"},
                                                             {"2022", "2", "NULL"},
                                                             {"azure-local", "2", "1"}}));
  INFO(release);
  Hosts lab(hosts_of(release));
  auto node = lab.host(0);
  const auto cluster = node.one(kMsCluster, "SELECT * FROM MSCluster_Cluster");
  CHECK(show(*cluster, "AutoBalancerMode") == balancer);
  CHECK(show(*cluster, "MaximumParallelMigrations") == parallel);
}

TEST_CASE("WinRM answers on 2008 R2 only where somebody has set it up", "[releases]") {
  const std::string text = "simulated:\n  hosts: [{name: A, release: 2008r2sp1}, {name: B, release: 2012}]\n";
  Lab lab(text);
  CHECK(lab.model->next_wire_fault("A", false) == WireFault::refuse);
  CHECK(lab.model->next_wire_fault("B", false) == WireFault::none);
  Lab set_up(hosts_of("2008r2sp1"));
  CHECK(set_up.model->next_wire_fault("N1", false) == WireFault::none);
  const auto config = lab_config(hosts_of("2012r2"));
  CHECK_FALSE(config.guests.front().winrm); // a guest of 2008 R2
}

TEST_CASE("Credential Guard fails moves that rely on CredSSP, on 2025 and later", "[releases]") {
  const auto [release, more, code] = GENERATE(
      table<std::string, std::string, std::string>({{"2022", "", "0x00000000"},
                                                    {"2025", "", "0x8009030E"},
                                                    {"azure-local", "", "0x8009030E"},
                                                    {"2025", ", authentication: kerberos", "0x00000000"}}));
  INFO(release << more);
  Lab lab(hosts_of(release, more));
  const auto reply = lab.migrate("s", "H2");
  REQUIRE(reply.return_value == 4096);
  lab.pass(20s);
  const auto job = lab.model->find_job(2, reply.job);
  REQUIRE(job);
  CHECK((job->state == JobStatus::completed) == (code == "0x00000000"));
  CHECK((job->error.find(code) != std::string::npos) == (code != "0x00000000"));
  CHECK(lab.move_group("c", "N2").hresult == 0); // the cluster has credentials of its own
  lab.pass(20s);
  CHECK(lab.host_of(lab.guest("c")) == "N2");
}

TEST_CASE("in a rolling upgrade a guest moves forth, and back while its configuration is old", "[releases]") {
  Lab lab(rolling("2012r2", "2016"));
  CHECK(lands(lab, "B"));
  CHECK(lands(lab, "A"));
  Lab upgraded(rolling("2012r2", "2016", "configuration: 2016"));
  CHECK_FALSE(lands(upgraded, "A"));
  CHECK(upgraded.model->guests()[0].last_failure == 0x8007051a);
}

TEST_CASE("clusters mix releases that follow each other, from 2012 R2 on", "[releases]") {
  CHECK(may_share_cluster(Release::w2012r2, Release::w2016));
  CHECK(may_share_cluster(Release::w2025, Release::w2022));
  CHECK_FALSE(may_share_cluster(Release::w2012, Release::w2012r2));
  CHECK_FALSE(may_share_cluster(Release::w2016, Release::w2022));
  CHECK_FALSE(may_share_cluster(Release::w2025, Release::azure_local));
  const auto parsed = parse_lab(rolling("2012", "2016"));
  REQUIRE(parsed.problems.size() == 1);
  CHECK(to_string(parsed.problems.front()).find("cannot be nodes of one cluster") != std::string::npos);
}

TEST_CASE("hosts take the configurations that they list as supported", "[releases]") {
  CHECK(takes_configuration(Release::w2012r2, Release::w2012));
  CHECK_FALSE(takes_configuration(Release::w2012, Release::w2012r2));
  CHECK_FALSE(takes_configuration(Release::w2016, Release::w2012));
  CHECK(takes_configuration(Release::w2019, Release::w2012r2));
  CHECK_FALSE(takes_configuration(Release::w2022, Release::w2012r2));
  CHECK(landed_configuration(Release::w2012r2, Release::w2012) == Release::w2012r2);
  CHECK(landed_configuration(Release::w2016, Release::w2012r2) == Release::w2012r2);
}
