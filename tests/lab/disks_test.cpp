#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kGiB = 1u << 30;

Lab lab_with(const std::string& disks) {
  return Lab(
      "simulated:\n  hosts: [{name: A, count: 2}]\n  guests: [{name: g, on: A1, load: 40MiB/s, disks: [" +
      disks + "]}]\n  crash: {hazard: 0}\n");
}

} // namespace

TEST_CASE("a dynamic file grows in whole blocks while the load writes", "[disks]") {
  Lab lab = lab_with("{size: 40GiB}");
  const std::uint64_t empty = lab.model->guests()[0].disks[1].file_size_empty;
  CHECK(empty == 512 + 1024 + 20480 * 4 + 512);
  CHECK(lab.model->file_size(0, 1) == empty);
  lab.pass(1s);
  CHECK(lab.model->file_size(0, 1) == empty + 20 * (2 * kMiB + 512));
  lab.pass(1ms);
  CHECK(lab.model->file_size(0, 1) == empty + 21 * (2 * kMiB + 512));
}

TEST_CASE("a disk is recycled when it is four fifths full", "[disks]") {
  Lab lab = lab_with("{size: 1GiB}");
  const std::uint64_t empty = lab.model->guests()[0].disks[1].file_size_empty;
  lab.pass(20s);
  CHECK(lab.model->file_size(0, 1) == empty + 400 * (2 * kMiB + 512));
  lab.pass(1s); // 840 MiB are more than 80 %
  CHECK(lab.model->file_size(0, 1) < empty + 21 * (2 * kMiB + 512));
  CHECK(lab.model->load_alive(0));
}

TEST_CASE("fixed files keep their size and a VHDX grows in larger blocks", "[disks]") {
  Lab lab = lab_with("{type: fixed, size: 4GiB}, {format: vhdx, size: 4GiB}");
  CHECK(lab.model->file_size(0, 0) == 40 * kGiB + 512); // the system disk
  lab.pass(1s);
  CHECK(lab.model->file_size(0, 1) == 4 * kGiB + 512);
  CHECK(lab.model->file_size(0, 2) == 4 * kMiB + 64 * kMiB);
}

TEST_CASE("disks stand where their guest's hosts reach them", "[disks]") {
  const Lab mixed(kMixedLab);
  const Guest& clustered = mixed.model->guests()[1];
  REQUIRE(clustered.disks.size() == 5);
  CHECK(clustered.disks[0].system);
  CHECK(clustered.disks[0].bus == Bus::ide);
  CHECK(clustered.disks[1].path == "C:\\ClusterStorage\\Volume2\\sql-02\\data1.vhd");
  CHECK(clustered.disks[4].slot == 3);
  CHECK(mixed.model->guests()[8].disks[2].path == "\\\\LAB-FS\\vms\\web-01\\data2.vhd");
  const Lab local = lab_with("{storage: local, bus: ide, format: vhdx, count: 2}");
  const auto& disks = local.model->guests()[0].disks;
  CHECK(disks[1].path == "D:\\Hyper-V\\g\\data1.vhdx");
  CHECK((disks[1].controller == 0 && disks[1].slot == 1));
  CHECK((disks[2].controller == 1 && disks[2].slot == 0));
}

TEST_CASE("machines are found by their names without case", "[disks]") {
  const Lab lab(kMixedLab);
  CHECK(lab.model->find_host("node2") == 1u);
  CHECK(lab.model->find_host("NODE2.lab.TEST") == 1u);
  CHECK(lab.model->find_host("127.0.1.2") == 1u);
  CHECK_FALSE(lab.model->find_host("NODE9"));
  const std::string& id = lab.model->guests()[3].id;
  CHECK(id.size() == 36);
  CHECK(lab.model->find_guest(id) == 3u);
  CHECK(lab.model->find_guest("0" + id) == std::nullopt);
  CHECK(Lab(kMixedLab, 99).model->guests()[3].id == id); // lab files may name it
}

TEST_CASE("services older than their host's are told of after a move", "[disks]") {
  Lab lab("simulated:\n  hosts: [{name: A, count: 2}]\n  guests: [{name: g, on: A1, integration_services: "
          "6.1.7601.17514}]\n");
  REQUIRE(lab.migrate("g", "A2").return_value == 4096);
  lab.pass(21s);
  CHECK(lab.host_events(1, Channel::integration_admin) == std::vector<std::uint32_t>{4010});
  CHECK(lab.model->host_log(1, Channel::integration_admin)[0].strings[2] == "6.1.7601.17514");
}
