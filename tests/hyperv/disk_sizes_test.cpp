#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

TEST_CASE("file sizes of disks come in one query, by the paths as given", "[disks]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "CIM_DataFile",
               {p("Name", "c:\\vms\\a.vhd") + p("FileSize", "1024"),
                p("Name", "c:\\vms\\b'.vhd") + nil("FileSize"),
                p("Name", "c:\\not\\asked.vhd") + p("FileSize", "1"), p("FileSize", "2")});
  const auto sizes = lab.ask(lab.cluster().disk_sizes("hv1.lab.test", {"C:\\VMs\\A.vhd", "C:\\VMs\\b'.vhd"}));
  REQUIRE(sizes);
  REQUIRE(sizes->size() == 1);
  CHECK(sizes->front().path == "C:\\VMs\\A.vhd");
  CHECK(sizes->front().file_size == 1024);
  REQUIRE(lab.hv1.seen.size() == 1);
  CHECK(lab.hv1.seen.front().wql ==
        "SELECT Name, FileSize FROM CIM_DataFile WHERE Name='C:\\\\VMs\\\\A.vhd' OR "
        "Name='C:\\\\VMs\\\\b\\'.vhd'");
}

TEST_CASE("no paths are no request, and mad paths are not asked for", "[disks][hostile]") {
  HypervLab lab;
  const auto sizes =
      lab.ask(lab.cluster().disk_sizes("hv1.lab.test", {"", "C:\\a\nb.vhd", std::string(70'000, 'x')}));
  REQUIRE(sizes);
  CHECK(sizes->empty());
  CHECK(lab.hv1.seen.empty());
}

TEST_CASE("very many paths are split into queries that fit an envelope", "[disks]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "CIM_DataFile", {});
  std::vector<std::string> paths;
  for (int i = 0; i < 700; ++i) {
    paths.push_back("C:\\ClusterStorage\\Volume1\\g" + std::to_string(i) + ".vhd");
  }
  REQUIRE(lab.ask(lab.cluster().disk_sizes("hv1.lab.test", paths)));
  CHECK(lab.hv1.seen.size() == 3);
  CHECK(lab.hv1.seen.front().body.size() < 64 * 1024);
}

TEST_CASE("file sizes that cannot be had are an error", "[disks]") {
  HypervLab lab;
  lab.hv1.on_query(kCim, "CIM_DataFile", HostScript::faults(fault("w:AccessDenied", "2147942405", "no")));
  CHECK(lab.ask(lab.cluster().disk_sizes("hv1.lab.test", {"C:\\a.vhd"})).error().code == Errc::denied);
  lab.hv1.on_query(kCim, "CIM_DataFile", HostScript::faults(fault("w:QuotaLimit", "2150859174", "no")));
  CHECK(lab.ask(lab.cluster().disk_sizes("hv1.lab.test", {"C:\\a.vhd"})).error().code == Errc::busy);
}
