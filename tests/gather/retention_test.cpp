#include "harness/gather/retention.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace migstorm;
using namespace migstorm::gather;
using migstorm::test::Folder;

namespace {

std::vector<std::string> deleted(std::vector<KeptCopy> copies, const RetentionPolicy& policy) {
  std::vector<std::string> folders;
  for (const Deletion& one : choose_deletions(std::move(copies), policy)) {
    folders.push_back(one.folder);
  }
  return folders;
}

const std::vector<KeptCopy> kFour = {
    {"crash-0004-d", "b", 40, false},
    {"crash-0001-a", "a", 10, false},
    {"crash-0003-c", "a", 30, false},
    {"crash-0002-b", "a", 20, false},
};

void put(const std::string& folder, const std::string& name, const std::string& text) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/" + name) << text;
}

} // namespace

TEST_CASE("of each signature the newest dumps are kept", "[gather][retention]") {
  CHECK(deleted(kFour, {}).empty());
  CHECK(deleted(kFour, {{}, 2}) == std::vector<std::string>{"crash-0001-a"});
  CHECK(deleted(kFour, {{}, 1}) == std::vector<std::string>{"crash-0001-a", "crash-0002-b"});
}

TEST_CASE("a budget takes the oldest dumps, but never the last of a signature", "[gather][retention]") {
  CHECK(deleted(kFour, {100, {}}).empty());
  CHECK(deleted(kFour, {95, {}}) == std::vector<std::string>{"crash-0001-a"});
  CHECK(deleted(kFour, {1, {}}) == std::vector<std::string>{"crash-0001-a", "crash-0002-b"});
}

TEST_CASE("what is pinned stays", "[gather][retention]") {
  std::vector<KeptCopy> copies = kFour;
  copies[1].pinned = true;
  CHECK(deleted(copies, {{}, 1}) == std::vector<std::string>{"crash-0002-b"});
  copies[2].pinned = true; // the newest one as well: neither counts
  CHECK(deleted(copies, {{}, 1}).empty());
  CHECK(deleted(copies, {1, {}}) == std::vector<std::string>{"crash-0002-b"});
}

TEST_CASE("only dumps that were fetched are deleted, and each leaves a note", "[gather][retention]") {
  const Folder folder;
  const std::string run = folder.file("run");
  for (const char* crash : {"crash-0001-a", "crash-0002-b", "crash-0003-c"}) {
    const std::string path = run + "/" + crash;
    put(path, "MEMORY.DMP.zst", "dump");
    put(path, "MEMORY.DMP.sha256", "hash");
    REQUIRE(note_signature(path, "0xd1|read|a!b"));
  }
  put(run + "/crash-0000-theirs", "MEMORY.DMP.zst", "without a hash: not from a fetch");
  put(run + "/old", "MEMORY.DMP.zst", "dump");
  put(run + "/old", "MEMORY.DMP.sha256", "hash");
  std::filesystem::create_directory_symlink(run + "/old", run + "/crash-0000-linked");
  REQUIRE(pin(run + "/crash-0001-a"));

  const auto done = apply_retention(run, {{}, 1});
  REQUIRE(done);
  REQUIRE(done->size() == 1);
  CHECK_THAT(done->front(), Catch::Matchers::Contains("crash-0002-b"));
  CHECK(was_deleted(run + "/crash-0002-b"));
  CHECK_FALSE(std::filesystem::exists(run + "/crash-0002-b/MEMORY.DMP.zst"));
  CHECK(std::filesystem::exists(run + "/crash-0002-b/MEMORY.DMP.sha256"));
  for (const char* kept : {"crash-0001-a", "crash-0003-c", "crash-0000-theirs", "old"}) {
    CHECK(std::filesystem::exists(run + "/" + kept + "/MEMORY.DMP.zst"));
  }

  REQUIRE(unpin(run + "/crash-0001-a"));
  REQUIRE(apply_retention(run, {{}, 1})->size() == 1);
  CHECK(was_deleted(run + "/crash-0001-a"));
}

TEST_CASE("of self-tests the newest dump is kept, and they take no room from crashes",
          "[gather][retention]") {
  const Folder folder;
  const std::string run = folder.file("run");
  for (const char* name : {"crash-0001-a", "self-test-0060-c", "self-test-9000-c", "self-test-14460-c"}) {
    put(run + "/" + name, "MEMORY.DMP.zst", "dump");
    put(run + "/" + name, "MEMORY.DMP.sha256", "hash");
  }
  REQUIRE(pin(run + "/self-test-0060-c"));
  const auto done = apply_retention(run, {4, 1});
  REQUIRE(done);
  REQUIRE(done->size() == 1);
  CHECK(done->front() == "the dump of self-test-9000-c was deleted: a later self-test proved the same");
  CHECK(was_deleted(run + "/self-test-9000-c"));
  CHECK(list_copies(run)->size() == 1);
  CHECK(list_copies(run, kSelfTests)->size() == 2);
}

TEST_CASE("a folder without a dump cannot be pinned, and a run without folders has nothing to delete",
          "[gather][retention]") {
  const Folder folder;
  CHECK(pin(folder.file("crash-0001-a")).error().code == Errc::not_found);
  CHECK(apply_retention(folder.file("run"), {1, 1})->empty());
}
