#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

TEST_CASE("a probe tells what a 2012 R2 cluster node can do", "[probe]") {
  HypervLab lab;
  const auto facts = lab.ask(lab.cluster().probe("HV1.LAB.TEST"));
  REQUIRE(facts);
  CHECK(facts->host == "hv1.lab.test");
  CHECK(facts->computer_name == "HV1");
  CHECK(facts->os_version == "6.3.9600");
  CHECK(facts->wsman_version == "OS: 6.3.9600 SP: 0.0 Stack: 3.0");
  CHECK(facts->namespaces.v2);
  CHECK_FALSE(facts->namespaces.v1);
  CHECK(facts->namespaces.cluster);
  CHECK(facts->migration_enabled);
  CHECK(facts->migrations_max == 2);
  CHECK(facts->authentication_type == 1);
  CHECK(facts->listener_addresses == std::vector<std::string>{"10.20.0.11"});
  CHECK(facts->cluster_name == "lab-cluster");
  CHECK_FALSE(facts->cluster_parallel_migrations);
  CHECK(facts->hotfixes == std::vector<std::string>{"KB2919355", "KB2636573"});
}

TEST_CASE("a probe finds a v1 host without a cluster", "[probe]") {
  HypervLab lab;
  lab.hv1 = HostScript();
  make_2008r2(lab.hv1, "HV1");
  const auto facts = lab.ask(lab.cluster().probe("hv1.lab.test"));
  REQUIRE(facts);
  CHECK_FALSE(facts->namespaces.v2);
  CHECK(facts->namespaces.v1);
  CHECK_FALSE(facts->namespaces.cluster);
  CHECK(facts->os_version == "6.1.7601");
  CHECK_FALSE(facts->migration_enabled);
  CHECK(facts->migrations_max == 1);
  CHECK_FALSE(facts->cluster_name);
  CHECK(lab.hv1.queries_of("Msvm_VirtualSystemMigrationService").empty());
}

TEST_CASE("absent namespaces are recognised in the faults of every release", "[probe]") {
  const std::string absent = GENERATE(fault("n:CannotProcessFilter", "2150858778", "no"),
                                      wmi_error("n:CannotProcessFilter", "2150858778", "0x8033801a"),
                                      wmi_error("w:InternalError", "2147749902", "0x8004100e"),
                                      provider_fault("2147749902"), provider_fault("2147749904"));
  HypervLab lab;
  for (const std::string_view name : {"MSCluster_Cluster", "MSCluster_Resource"}) {
    lab.hv1.on_query(kCluster, name, HostScript::faults(absent));
  }
  const auto facts = lab.ask(lab.cluster().probe("hv1.lab.test"));
  REQUIRE(facts);
  CHECK_FALSE(facts->namespaces.cluster);
}

TEST_CASE("a cluster that does not answer is not mistaken for no cluster", "[probe]") {
  HypervLab lab;
  lab.hv1.on_query(kCluster, "MSCluster_Cluster", HostScript::faults(fault("w:AccessDenied", "5", "no")));
  CHECK(lab.ask(lab.cluster().probe("hv1.lab.test")).error().code == Errc::denied);
  lab.hv1.on_query(kCluster, "MSCluster_Cluster", HostScript::faults(provider_fault("2147942487")));
  CHECK(lab.ask(lab.cluster().probe("hv1.lab.test")).error().code == Errc::remote_fault);
}

TEST_CASE("the cluster's own limit of parallel migrations is read where there is one", "[probe]") {
  HypervLab lab;
  lab.hv1.rows(kCluster, "MSCluster_Cluster", {p("Name", "c") + p("MaximumParallelMigrations", "3")});
  CHECK(lab.ask(lab.cluster().probe("hv1.lab.test"))->cluster_parallel_migrations == 3u);
}

TEST_CASE("absurd limits are not believed", "[probe][hostile]") {
  const std::string value = GENERATE("0", "-1", "99999999999999999999", "many", "");
  HypervLab lab;
  lab.hv1.rows(kNs2, "Msvm_VirtualSystemMigrationServiceSettingData",
               {p("MaximumActiveVirtualSystemMigration", value) + nil("EnableVirtualSystemMigration")});
  const auto facts = lab.ask(lab.cluster().probe("hv1.lab.test"));
  REQUIRE(facts);
  CHECK(facts->migrations_max == 1);
  CHECK_FALSE(facts->migration_enabled);
}

TEST_CASE("a host that is not in the lab file is not found", "[probe]") {
  HypervLab lab;
  const auto facts = lab.ask(lab.cluster().probe("elsewhere\n"));
  REQUIRE_FALSE(facts);
  CHECK(facts.error().code == Errc::not_found);
  CHECK(facts.error().detail == "the lab file has no host \"elsewhere\"");
}

TEST_CASE("a probe says which host it could not reach", "[probe]") {
  HypervLab lab;
  lab.hv1.on_query(kCim, "Win32_OperatingSystem", HostScript::fails(Errc::transport));
  const auto facts = lab.ask(lab.cluster().probe("hv1.lab.test"));
  REQUIRE_FALSE(facts);
  CHECK(facts.error().code == Errc::transport);
  CHECK(facts.error().detail.starts_with("hv1.lab.test: query"));
}

TEST_CASE("each machine is connected once and its counters are added up", "[probe]") {
  HypervLab lab;
  lab.probe_all();
  REQUIRE(lab.ask(lab.cluster().probe("hv1.lab.test")));
  CHECK(lab.connected == 2);
  CHECK(lab.cluster().counters().connections == 2);
  CHECK(lab.cluster().counters().requests >= 3 * 9);
}
