#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

TEST_CASE("nodes show their own disks and every shared volume, hosts beside the cluster their own",
          "[provider]") {
  Hosts lab(kMixedLab);
  const std::string names = "SELECT * FROM Win32_Volume WHERE DriveType = 3";
  CHECK(lab.host(0).column(kCimv2, names, "Name").starts_with(R"(C:\|D:\|C:\ClusterStorage\Volume1\)"));
  CHECK(lab.host(4).column(kCimv2, names, "Name") == R"(C:\|D:\)");
}

TEST_CASE("a shared volume fills as the guests' disks expand", "[provider]") {
  Hosts lab(kMixedLab);
  const auto left = [&] {
    const auto row =
        lab.host(2).one(kCimv2, R"(SELECT * FROM Win32_Volume WHERE Name = 'C:\\ClusterStorage\\Volume1\\')");
    return std::stoull(show(*row, "FreeSpace"));
  };
  const std::uint64_t before = left();
  CHECK(before < lab.model->cluster().volumes[0].size);
  lab.pass(60s);
  CHECK(left() < before);
}

TEST_CASE("a guest's memory goes with it from one host to the other", "[provider]") {
  Hosts lab(kMixedLab);
  const auto left = [&](HostIndex host) {
    return std::stoull(
        lab.host(host).column(kCimv2, "SELECT * FROM Win32_OperatingSystem", "FreePhysicalMemory"));
  };
  const std::uint64_t source = left(4);
  const std::uint64_t destination = left(5);
  lab.migrate("web-01", "HV2");
  lab.pass(60s);
  const std::uint64_t moved = lab.model->guests()[lab.guest("web-01")].memory_mib * 1024;
  CHECK(left(4) == source + moved);
  CHECK(left(5) == destination - moved);
}
