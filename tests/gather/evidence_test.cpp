// The folder of one crash: what it holds, and whether it still does.
#include "harness/gather/evidence.hpp"

#include "tests/support/process.hpp"
#include "tests/support/value.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <map>

using namespace migstorm;
using namespace migstorm::gather;
using namespace migstorm::test;

namespace {

struct Rig {
  Rig() {
    REQUIRE(write_evidence_file(path, "timeline.json", "{}"));
    REQUIRE(write_evidence_file(path, "scenario.yaml", "name: x\n"));
    files = value_of(list_evidence(path));
  }
  Folder folder;
  std::string path = folder.file("crash-0001-sql-1");
  std::vector<EvidenceFile> files;
};

std::map<std::string, std::string> unpacked(const std::string& path) {
  std::map<std::string, std::string> files;
  archive* reader = archive_read_new();
  archive_read_support_filter_all(reader);
  archive_read_support_format_tar(reader);
  REQUIRE(archive_read_open_filename(reader, path.c_str(), 1 << 16) == ARCHIVE_OK);
  for (archive_entry* entry = nullptr; archive_read_next_header(reader, &entry) == ARCHIVE_OK;) {
    std::string text(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    CHECK(archive_read_data(reader, text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
    files[archive_entry_pathname(entry)] = text;
  }
  archive_read_free(reader);
  return files;
}

} // namespace

TEST_CASE("evidence is listed with sizes and hashes, without what is on its way", "[gather][evidence]") {
  Rig rig;
  write_file(rig.path + "/MEMORY.DMP.zst.partial", "half");
  write_file(rig.path + "/manifest.json", "{}");
  std::filesystem::create_symlink("/etc/passwd", rig.path + "/link");
  const auto files = value_of(list_evidence(rig.path));
  REQUIRE(files.size() == 2);
  CHECK(files[1].name == "timeline.json");
  CHECK(files[1].size == 2);
  CHECK(files[1].sha256 == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  CHECK((std::filesystem::status(rig.path).permissions() & std::filesystem::perms::others_all) ==
        std::filesystem::perms::none);
}

TEST_CASE("a file that was changed, taken away or added is told", "[gather][evidence]") {
  Rig rig;
  CHECK(value_of(check_evidence(rig.path, rig.files)).empty());
  std::string expected;
  SECTION("changed") {
    write_file(rig.path + "/timeline.json", "[]");
    expected = "timeline.json is not what it was: its SHA-256 differs";
  }
  SECTION("longer") {
    write_file(rig.path + "/timeline.json", "{} ");
    expected = "timeline.json has 3 bytes, not 2";
  }
  SECTION("taken away") {
    std::filesystem::remove(rig.path + "/timeline.json");
    expected = "timeline.json is not there";
  }
  SECTION("added") {
    write_file(rig.path + "/more", "");
    expected = "more is not in the manifest";
  }
  SECTION("a manifest that looks elsewhere") {
    write_file(rig.folder.file("outside"), "x");
    rig.files.push_back({"../outside", 1, "x"});
    expected = "../outside is not there";
  }
  CHECK(value_of(check_evidence(rig.path, rig.files)) == std::vector<std::string>{expected});
}

TEST_CASE("evidence is packed once, into an archive with a folder of its own", "[gather][evidence]") {
  const Rig rig;
  const std::string packed = value_of(pack_evidence(rig.path));
  CHECK(packed == rig.path + ".tar.zst");
  const auto files = unpacked(packed);
  CHECK(files.size() == 2);
  CHECK(files.at("crash-0001-sql-1/scenario.yaml") == "name: x\n");
  CHECK(pack_evidence(rig.path).error().code == Errc::storage);
  CHECK(unpacked(packed).size() == 2);
  CHECK(list_evidence(rig.folder.file("nothing")).error().code == Errc::not_found);
}
