// The dump that an interrupt leaves on a simulated guest.
#include "analyzers/kdump/header.hpp"
#include "tests/support/lab_model.hpp"

#include <filesystem>
#include <fstream>

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

TEST_CASE("a crash by an interrupt leaves a dump as any other does, and is recorded as a change", "[crash]") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "migstorm-nmi-test";
  std::filesystem::remove_all(folder);
  Lab lab("simulated:\n  dumps: '" + folder.string() +
          "'\n  hosts: [{name: A, release: 2016}]\n"
          "  guests: [{name: g, on: A, release: 2016, winrm: true, notes: migstorm-canary}]\n"
          "  crash: {dump: 30s..30s, reboot: 60s..60s}\n");
  lab.pass(1h);
  REQUIRE(lab.model->inject_nmi(0) == 0);
  REQUIRE(lab.model->changes().size() == 1);
  CHECK(lab.model->changes()[0].call == "nmi");
  CHECK(lab.model->changes()[0].guest == lab.model->guests()[0].id);
  CHECK(lab.model->changes()[0].name == "g");
  CHECK(lab.model->changes()[0].notes == "migstorm-canary");
  lab.pass(31s);
  std::vector<char> start(kdump::kHeaderSize64);
  REQUIRE(std::ifstream(folder / "g" / "MEMORY.DMP", std::ios::binary)
              .read(start.data(), static_cast<std::streamsize>(start.size())));
  const auto header = kdump::read_header(std::as_bytes(std::span(start)));
  REQUIRE(header);
  CHECK(header->bugcheck_code == 0x80);
  CHECK(header->bugcheck_parameters[0] == 0x4f4454);
  std::filesystem::remove_all(folder);
}
