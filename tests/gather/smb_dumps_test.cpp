// Guests' dumps over SMB from a real server, while all sorts of things happen: each ends in a whole file, a
// copy that is gone on with, or a clear error.
#include "analyzers/triage/store_images.hpp"
#include "harness/gather/dump_gatherer.hpp"
#include "harness/gather/sha256.hpp"
#include "harness/gather/smb_way.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/make_dump/dump_files.hpp"
#include "tests/support/samba.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/value.hpp"

#include <fstream>

using namespace migstorm;
using namespace migstorm::gather;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kPadding = 100ULL << 20U; // after the dump's own pages

struct Rig {
  Rig()
      : proxy(server.port(), "never seen"), store({{{folder.file("store")}, {}}}, nullptr), images(store),
        space(make_disk_space()) {
    put_store(folder.file("store"));
    facts.build = 7601;
    account.domain = "TEST";
    account.user = server.user();
    account.password = SambaServer::password();
    account.timeout_ms = 5'000;
    GathererOptions options;
    options.ways.push_back(make_smb_way(
        "smb://{address}:" + std::to_string(proxy.port()) + "/dumps/MEMORY.DMP",
        [this](const std::string&) { return &account; }, MIGSTORM_SMB_PROGRAM));
    options.address = [](const std::string&) { return "127.0.0.1"; };
    options.folder = folder.file("kept");
    options.put_aside = true;
    reader = make_dump_gatherer(runtime, std::move(options), images, *space);
  }

  std::string path() const { return server.file("MEMORY.DMP"); }
  // Long enough for things to happen while it is copied.
  void put_long_dump() {
    REQUIRE(make_dump::write_crash_dump(path(), facts));
    std::ofstream out(path(), std::ios::binary | std::ios::app);
    std::string noise(1 << 20, '\0');
    std::uint64_t state = 88172645463325252ULL;
    for (std::uint64_t written = 0; written < kPadding; written += noise.size()) {
      for (char& c : noise) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        c = static_cast<char>(state >> 56U);
      }
      out << noise;
    }
  }
  Crash crash() const {
    Crash crash;
    crash.number = 1;
    crash.guest_name = "sql-1";
    const auto bugcheck = value_of(make_dump::crash_bugcheck(facts));
    crash.bugcheck = bugcheck.code;
    crash.parameters = bugcheck.parameters;
    return crash;
  }
  Result<DumpFinding> read() { return run(runtime, reader->read(crash(), {})); }
  // `meanwhile` is called between pieces, with how often it was called before.
  Result<DumpHome> fetch(const std::function<void(int)>& meanwhile = {}) {
    int calls = 0;
    std::function<bool()> wanted = [&calls, &meanwhile] {
      if (meanwhile) {
        meanwhile(calls++);
      }
      return true;
    };
    return run(runtime, reader->fetch(crash(), {}, std::move(wanted)));
  }
  std::string hash() const {
    const std::string content = read_file(path());
    return sha256_of(std::as_bytes(std::span(content)));
  }

  SambaServer server;
  TcpProxy proxy;
  Folder folder;
  SimRuntime runtime{SimOptions{1, {}, 1h, {}}};
  pdb::SymbolStore store;
  triage::StoreImages images;
  std::unique_ptr<FreeSpace> space;
  SmbAccount account;
  std::unique_ptr<DumpReader> reader;
  make_dump::CrashFacts facts;
};

} // namespace

TEST_CASE("a crash is named over the share, and its dump brought home", "[gather][smb]") {
  Rig rig;
  CHECK(rig.read().error().code == Errc::not_found);
  rig.put_long_dump();
  const auto found = value_of(rig.read());
  CHECK(found.signature == "0xd1|read|storvsc!StorChannelVmbusCallback");
  CHECK(found.known_issue == "KB2636573");
  CHECK(found.caution.empty());
  CHECK(rig.proxy.bytes_from_target() < kPadding / 10); // named where it is
  const auto home = value_of(rig.fetch());
  CHECK(home.sha256 == rig.hash());
}

TEST_CASE("a wrong password is shown to the server once, whatever comes after", "[gather][smb]") {
  Rig rig;
  rig.put_long_dump();
  rig.account.password = "wrong";
  for (int i = 0; i < 3; ++i) {
    const auto found = rig.read();
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::denied);
  }
  CHECK(rig.fetch().error().code == Errc::denied);
  CHECK(rig.account.rejected_by() == "127.0.0.1");
  const std::string log = rig.server.log();
  const std::string refusal = "NT_STATUS_WRONG_PASSWORD";
  const std::size_t first = log.find("FAILED with error " + refusal);
  REQUIRE(first != std::string::npos);
  CHECK(log.find("FAILED with error " + refusal, first + 1) == std::string::npos);
}

TEST_CASE("a server that goes away in mid-copy is an error, and the copy goes on when it is back",
          "[gather][smb]") {
  Rig rig;
  rig.put_long_dump();
  SECTION("the line is cut") {
    const auto broken = rig.fetch([&rig](int calls) {
      if (calls == 1) {
        rig.proxy.cut_after(5U << 20U);
      }
    });
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == Errc::transport);
    rig.proxy.cut_after(0);
  }
  SECTION("the server is ended") {
    const auto broken = rig.fetch([&rig](int calls) {
      if (calls == 1) {
        rig.server.stop();
      }
    });
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == Errc::transport);
    CHECK_FALSE(rig.fetch());
    rig.server.start();
  }
  CHECK(std::filesystem::exists(rig.folder.file("kept/crash-0001-sql-1/MEMORY.DMP.zst.partial")));
  const std::uint64_t before = rig.proxy.bytes_from_target();
  const auto home = value_of(rig.fetch());
  CHECK(home.sha256 == rig.hash());
  CHECK(rig.proxy.bytes_from_target() - before < kPadding); // not from its beginning
}

TEST_CASE("a dump that is replaced in mid-copy is never mixed with the next", "[gather][smb]") {
  Rig rig;
  rig.put_long_dump();
  const std::string next = rig.server.file("next");
  const auto mixed = rig.fetch([&rig, &next](int calls) {
    if (calls == 1) {
      std::filesystem::copy_file(rig.path(), next);
      std::filesystem::rename(next, rig.path());
    }
  });
  REQUIRE_FALSE(mixed);
  CHECK(mixed.error().code == Errc::stale);
  CHECK(value_of(rig.fetch()).sha256 == rig.hash());
}

TEST_CASE("a dump that is still being written is not brought home", "[gather][smb]") {
  Rig rig;
  rig.put_long_dump();
  const auto growing = rig.fetch([&rig](int) { std::ofstream(rig.path(), std::ios::app) << "more"; });
  REQUIRE_FALSE(growing);
  CHECK(growing.error().code == Errc::stale);
  std::filesystem::resize_file(rig.path(), 100'000);
  const auto half = rig.read();
  REQUIRE_FALSE(half);
  CHECK(half.error().code == Errc::truncated);
}

TEST_CASE("a dump that was brought home is renamed on the guest, where that is allowed", "[gather][smb]") {
  Rig rig;
  rig.put_long_dump();
  const std::string content = read_file(rig.path());
  const std::string aside = rig.server.file("MEMORY-crash-0001-sql-1.DMP");
  SECTION("allowed") {
    rig.account.may_rename = true;
    CHECK(value_of(rig.fetch()).remark == "renamed on the guest to MEMORY-crash-0001-sql-1.DMP");
    CHECK(read_file(aside) == content);
    CHECK_FALSE(std::filesystem::exists(rig.path()));
  }
  SECTION("not allowed") {
    CHECK(value_of(rig.fetch()).remark.find("does not allow") != std::string::npos);
    CHECK(read_file(rig.path()) == content);
  }
  SECTION("the name is taken") {
    rig.account.may_rename = true;
    write_file(aside, "older");
    CHECK(value_of(rig.fetch()).remark.find("there is a file of that name") != std::string::npos);
    CHECK(read_file(rig.path()) == content);
    CHECK(read_file(aside) == "older");
  }
}
