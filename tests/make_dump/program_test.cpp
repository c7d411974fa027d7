// The program as a user meets it, and the kernel's build.
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <sys/stat.h>

using namespace migstorm::test;
namespace fs = std::filesystem;

namespace {

Finished run(const Folder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), MAKE_DUMP_PROGRAM);
  Process process(arguments, folder.file("out"), folder.file("err"));
  Finished finished;
  finished.code = process.wait(std::chrono::seconds(60));
  finished.out = read_file(folder.file("out"));
  finished.err = read_file(folder.file("err"));
  return finished;
}

} // namespace

TEST_CASE("make_dump writes a dump and describes it", "[make_dump]") {
  const Folder folder;
  const std::string path = folder.file("MEMORY.DMP");
  const Finished made = run(folder, {"--kind", "triage", "--out", path, "--describe"});
  CHECK(made.code == 0);
  CHECK(made.out.find("storvsc.sys!StorChannelVmbusCallback+0x1d") != std::string::npos);
  CHECK(made.err.empty());
  CHECK(read_file(path).substr(0, 8) == "PAGEDU64");
}

TEST_CASE("64 GiB of memory take little of the disk, in full and bitmap dumps", "[make_dump]") {
  const Folder folder;
  for (const char* kind : {"full", "bitmap-full"}) {
    CAPTURE(kind);
    const std::string path = folder.file("MEMORY.DMP");
    REQUIRE(run(folder, {"--kind", kind, "--out", path, "--memory", "64GiB"}).code == 0);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK(status.st_size > 63LL << 30);
    CHECK(status.st_blocks * 512 < 8LL << 20);
  }
}

TEST_CASE("images and PDBs are laid out as in a symbol server's store", "[make_dump]") {
  const Folder folder;
  REQUIRE(run(folder, {"--symbols", folder.file("store")}).code == 0);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.file("store"))) {
    if (entry.is_regular_file()) {
      ++files;
      // <store>/<file>/<key>/<file>
      CHECK(entry.path().filename() == entry.path().parent_path().parent_path().filename());
    }
  }
  CHECK(files == 18); // an image and a PDB of three files, for x64, x86 and ARM64
}

TEST_CASE("make_dump says what it does not understand, with code 2", "[make_dump][hostile]") {
  const Folder folder;
  const std::string path = folder.file("x");
  CHECK(run(folder, {}).code == 2);
  CHECK(run(folder, {"--kind", "whole", "--out", path}).code == 2);
  CHECK(run(folder, {"--kind", "full"}).code == 2);
  CHECK(run(folder, {"--out", path}).code == 2);
  CHECK(run(folder, {"--kind", "full", "--out", path, "--spoil", "gone"}).code == 2);
  CHECK(run(folder, {"--kind", "full", "--out", path, "--memory", "lots"}).code == 2);
  const Finished small = run(folder, {"--kind", "full", "--out", path, "--memory", "1MiB"});
  CHECK(small.code == 2);
  CHECK(small.err == "make_dump: memory of 1048576 bytes: from 16 MiB to 1 TiB in whole MiB\n");
  CHECK(run(folder, {"--kind", "full", "--out", path, "--machine", "ia64"}).code == 2);
  const Finished range = run(folder, {"--kind", "kernel-range", "--out", path, "--machine", "x86"});
  CHECK(range.code == 2);
  CHECK(range.err == "make_dump: kind kernel-range: known of 64-bit machines only\n");
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("a file that cannot be written is told by its path, with code 3", "[make_dump][hostile]") {
  const Folder folder;
  const Finished made = run(folder, {"--kind", "full", "--out", folder.file("none/MEMORY.DMP")});
  CHECK(made.code == 3);
  CHECK(made.err.find("none/MEMORY.DMP: cannot create: No such file or directory") != std::string::npos);
}

TEST_CASE("help names the kinds and the exit codes", "[make_dump]") {
  const Folder folder;
  const Finished help = run(folder, {"--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("kernel-user-range") != std::string::npos);
  CHECK(help.out.find("Exit codes: 0 made; 2 usage") != std::string::npos);
}

TEST_CASE("the kernel's images, PDBs and symbols are what their sources build", "[make_dump]") {
  const Folder folder;
  const fs::path kernel = fs::path(MIGSTORM_SOURCE_DIR) / "tools/make_dump/kernel";
  Process build({(kernel / "build").string(), folder.file("images")}, folder.file("out"), folder.file("err"));
  REQUIRE(build.wait(std::chrono::seconds(120)) == 0);
  std::uintmax_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kernel / "images")) {
    if (entry.is_directory()) {
      continue;
    }
    const std::string name = fs::relative(entry.path(), kernel / "images").string();
    CAPTURE(name);
    CHECK((read_file(folder.file("images/" + name)) == read_file(entry.path().string())));
    total += entry.file_size();
  }
  CHECK(total < 1'000'000);
}
