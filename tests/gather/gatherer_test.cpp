// Dumps as they are found: which crash they belong to, and what is said when they are not there, not whole,
// or not ours.
#include "analyzers/triage/store_images.hpp"
#include "analyzers/triage/triage.hpp"
#include "harness/gather/dump_gatherer.hpp"
#include "harness/gather/file_way.hpp"
#include "harness/gather/kept_dump.hpp"
#include "harness/gather/sha256.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/make_dump/dump_files.hpp"
#include "tests/support/process.hpp"

#include <migstorm/scope.hpp>

#include <filesystem>
#include <fstream>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

struct Rig {
  Rig()
      : runtime(SimOptions{1, {}, 1h, {}}), store({{{folder.file("store")}, {}}}, nullptr), images(store),
        space(gather::make_disk_space()), reader(make_reader()) {
    put_store(folder.file("store"));
    std::filesystem::create_directories(folder.file("guests") + "/sql-1");
    facts.build = 7601;
  }

  std::unique_ptr<DumpReader> make_reader() {
    gather::GathererOptions options;
    options.ways.push_back(gather::make_file_way("file://" + folder.file("other") + "/{guest}/MEMORY.DMP"));
    options.ways.push_back(gather::make_file_way("file://" + folder.file("guests") + "/{guest}/MEMORY.DMP"));
    options.folder = folder.file("kept");
    options.retention = retention;
    return gather::make_dump_gatherer(runtime, std::move(options), images, *space);
  }

  std::string path() const { return folder.file("guests") + "/sql-1/MEMORY.DMP"; }
  Crash crash() const {
    Crash crash;
    crash.number = 3;
    crash.guest_name = "sql-1";
    const auto bugcheck = make_dump::crash_bugcheck(facts);
    REQUIRE(bugcheck);
    crash.bugcheck = bugcheck->code;
    crash.parameters = bugcheck->parameters;
    return crash;
  }
  Result<DumpFinding> read(Crash crash) { return run(runtime, reader->read(std::move(crash), ahead)); }
  Result<DumpHome> fetch(Crash crash) { return run(runtime, reader->fetch(std::move(crash), ahead, {})); }

  Span ahead{}; // the guest's clock
  gather::RetentionPolicy retention;
  Folder folder;
  SimRuntime runtime;
  pdb::SymbolStore store;
  triage::StoreImages images;
  std::unique_ptr<gather::FreeSpace> space;
  std::unique_ptr<DumpReader> reader;
  make_dump::CrashFacts facts;
};

} // namespace

TEST_CASE("a crash is named from the file that holds its dump", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  const auto found = rig.read(rig.crash());
  REQUIRE(found);
  CHECK(found->signature == "0xd1|read|storvsc!StorChannelVmbusCallback");
  CHECK(found->known_issue == "KB2636573");
}

TEST_CASE("a dump that is not there yet, or that an earlier crash left, is asked for again", "[gather]") {
  Rig rig;
  CHECK(rig.read(rig.crash()).error().code == Errc::not_found);
  make_dump::CrashFacts earlier = rig.facts;
  earlier.seed = 77;
  REQUIRE(make_dump::write_crash_dump(rig.path(), earlier));
  const auto found = rig.read(rig.crash());
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK(found.error().detail.find("another crash") != std::string::npos);
}

TEST_CASE("where the crash's bugcheck is not known, the dump's time tells whose it is", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts)); // of 2022
  Crash crash = rig.crash();
  crash.bugcheck = 0;
  CHECK(rig.read(crash).error().code == Errc::not_found);
  const CivilTime dumped = CivilTime(std::chrono::seconds(1'640'995'200)); // 2022-01-01
  crash.earliest = dumped - rig.runtime.epoch() - 3s;
  crash.latest = dumped - rig.runtime.epoch() + 3s;
  CHECK(rig.read(crash).has_value());
}

TEST_CASE("a dump's time is its guest's, and dates the crash by ours", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  const CivilTime dumped = CivilTime(std::chrono::seconds(1'640'995'200)); // by the guest's clock
  rig.ahead = 48h;
  Crash crash = rig.crash();
  crash.bugcheck = 0;
  crash.earliest = dumped - 48h - rig.runtime.epoch() - 3s;
  crash.latest = crash.earliest + 6s;
  const auto found = rig.read(crash);
  REQUIRE(found);
  CHECK(found->crashed == dumped - 48h);
  rig.ahead = {};
  CHECK(rig.read(crash).error().code == Errc::not_found);
}

TEST_CASE("half a dump is an error, and the whole one is read when it is there", "[gather][hostile]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  const std::string whole = read_file(rig.path());
  write_file(rig.path(), whole.substr(0, whole.size() / 2));
  CHECK_FALSE(rig.read(rig.crash()));
  write_file(rig.path(), whole.substr(0, 100));
  CHECK_FALSE(rig.read(rig.crash()));
  write_file(rig.path(), whole);
  CHECK(rig.read(rig.crash()).has_value());
}

TEST_CASE("a guest's name leads nowhere but into its own folder", "[gather][hostile]") {
  Rig rig;
  Crash crash = rig.crash();
  for (const std::string name : {"../sql-1", "..", "", "a/b", "a\\b", "a\nb"}) {
    crash.guest_name = name;
    CHECK(rig.read(crash).error().code == Errc::unsupported);
  }
}

TEST_CASE("a dump that is still being written is not named yet", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  bool more = true;
  const auto writer = [](Rig& of, const bool& go_on) -> Task<Unit> {
    while (go_on) {
      std::ofstream(of.path(), std::ios::binary | std::ios::app) << "more";
      co_await of.runtime.sleep_for(500ms);
    }
    co_return Unit{};
  };
  const auto both = [](Rig& of, Task<Unit> write, bool& go_on) -> Task<Result<DumpFinding>> {
    Scope scope(of.runtime);
    scope.spawn(std::move(write));
    Result<DumpFinding> found = co_await of.reader->read(of.crash(), {});
    go_on = false;
    co_await scope.join();
    co_return found;
  };
  const auto found = run(rig.runtime, both(rig, writer(rig, more), more));
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::busy);
  CHECK(rig.read(rig.crash()).has_value());
}

TEST_CASE("a dump is brought home once, with its hash beside it", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  const std::string content = read_file(rig.path());
  const std::string hash = gather::sha256_of(std::as_bytes(std::span(content)));
  const auto home = rig.fetch(rig.crash());
  REQUIRE(home);
  CHECK(home->path == rig.folder.file("kept") + "/crash-0003-sql-1/MEMORY.DMP.zst");
  CHECK(home->sha256 == hash);
  CHECK(home->size == content.size());
  CHECK(read_file(rig.folder.file("kept") + "/crash-0003-sql-1/MEMORY.DMP.sha256") ==
        hash + "  MEMORY.DMP\n");
  std::filesystem::remove(rig.path()); // the guest's own is not needed any more
  CHECK(rig.fetch(rig.crash()).has_value());
  std::filesystem::remove(rig.folder.file("kept") + "/crash-0003-sql-1/MEMORY.DMP.sha256");
  const auto again = rig.fetch(rig.crash());
  REQUIRE(again);
  CHECK(again->sha256 == hash);
}

TEST_CASE("what was brought home names the crash like the original", "[gather]") {
  Rig rig;
  REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
  const auto home = rig.fetch(rig.crash());
  REQUIRE(home);
  const auto packed = kdump::open_dump_file(home->path);
  REQUIRE(packed);
  const auto result = triage::triage(**packed, rig.images, {});
  REQUIRE(result);
  CHECK(result->signature == "0xd1|read|storvsc!StorChannelVmbusCallback");
}

TEST_CASE("older dumps of a signature go when there are more than wanted, and are not fetched again",
          "[gather][retention]") {
  Rig rig;
  rig.retention.per_signature = 1;
  rig.reader = rig.make_reader();
  const auto crash_now = [&rig](std::uint32_t number, std::uint32_t seed) {
    rig.facts.seed = seed;
    std::filesystem::remove(rig.path());
    REQUIRE(make_dump::write_crash_dump(rig.path(), rig.facts));
    Crash crash = rig.crash();
    crash.number = number;
    crash.signature = "0xd1|read|storvsc!StorChannelVmbusCallback";
    return crash;
  };
  const Crash first = crash_now(3, 5);
  const auto home = rig.fetch(first);
  REQUIRE(home);
  CHECK(home->deleted.empty());
  const auto second = rig.fetch(crash_now(4, 6));
  REQUIRE(second);
  REQUIRE(second->deleted.size() == 1);
  CHECK_THAT(second->deleted.front(), Catch::Matchers::Contains("crash-0003-sql-1"));
  CHECK_FALSE(std::filesystem::exists(home->path));
  CHECK(std::filesystem::exists(second->path));
  CHECK(rig.fetch(first).error().code == Errc::unsupported);
}
