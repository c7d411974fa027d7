// Copying a dump: whatever happens meanwhile, there is a whole file in the end, or none and a reason.
#include "harness/gather/fetch.hpp"

#include "harness/gather/sha256.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/process.hpp"
#include "tests/support/value.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

using namespace migstorm;
using namespace migstorm::gather;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

// Half zeros, half noise, and not a whole number of frames.
std::string dump_of(std::uint64_t size, std::uint64_t seed = 1) {
  std::string text(size, '\0');
  std::uint64_t state = seed * 88172645463325252ULL;
  for (std::uint64_t i = 0; i < size; ++i) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    text[i] = (i / kMiB) % 2 == 0 ? static_cast<char>(state) : '\0';
  }
  return text;
}

class FakeDump final : public DumpFile {
public:
  explicit FakeDump(std::string bytes) : content(std::move(bytes)), size_(content.size()) {}

  std::uint64_t size() const override { return size_; }
  Result<DumpFacts> facts() override {
    if (broken) {
      return Error{Errc::transport, "gone"};
    }
    return DumpFacts{content.size(), modified};
  }
  const std::string& place() const noexcept override { return place_; }

  std::string content;
  std::int64_t modified = 1;
  bool broken = false;
  std::uint64_t breaks_at = UINT64_MAX;       // for good
  std::uint64_t lowest_read = UINT64_MAX;     // beyond the header
  std::function<void(std::uint64_t)> on_read; // with the offset

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    if (on_read) {
      on_read(offset);
    }
    broken = broken || offset + out.size() > breaks_at;
    if (broken) {
      return Error{Errc::transport, "gone"};
    }
    if (out.size() > 0x2000) {
      lowest_read = std::min(lowest_read, offset);
    }
    const std::size_t size =
        offset < content.size() ? std::min<std::size_t>(out.size(), content.size() - offset) : 0;
    std::memcpy(out.data(), content.data() + offset, size);
    return size;
  }

  std::string place_ = "fake";
  std::uint64_t size_;
};

class FakeSpace final : public FreeSpace {
public:
  Result<std::uint64_t> available(const std::string&) override { return room; }
  std::uint64_t room = 1ULL << 40U;
};

struct Rig {
  Result<Fetched> fetch(FakeDump& dump, FetchLimits limits = {}, std::function<bool()> wanted = {}) {
    FetchRequest request{path(), limits, std::move(wanted)};
    return run(runtime, gather::fetch(runtime, OffloadLane::files, dump, space, std::move(request)));
  }
  std::string path() const { return folder.file("MEMORY.DMP.zst"); }
  bool partial() const { return std::filesystem::exists(path() + ".partial"); }
  // The file as it is in its place, unpacked.
  std::string content() const {
    const auto source = kdump::open_dump_file(path());
    REQUIRE(source);
    std::string text((*source)->size(), '\0');
    CHECK(value_of((*source)->read_at(0, std::as_writable_bytes(std::span(text)))) == text.size());
    return text;
  }

  Folder folder;
  SimRuntime runtime{SimOptions{1, {}, 1h, {}}};
  FakeSpace space;
};

std::string hash_of(const std::string& text) { return sha256_of(std::as_bytes(std::span(text))); }

} // namespace

TEST_CASE("a dump is copied, packed and hashed, and its zeros cost nothing", "[gather][fetch]") {
  Rig rig;
  const std::uint64_t size = GENERATE(std::uint64_t{1}, 8 * kMiB, 9 * kMiB + 12345, 70 * kMiB + 1);
  FakeDump dump(dump_of(size));
  const Fetched fetched = value_of(rig.fetch(dump));
  CHECK(fetched.size == size);
  CHECK(fetched.sha256 == hash_of(dump.content));
  CHECK(fetched.packed_size == std::filesystem::file_size(rig.path()));
  CHECK(fetched.packed_size < size * 6 / 10 + kMiB);
  CHECK(fetched.resumed_at == 0);
  CHECK(rig.content() == dump.content);
  CHECK_FALSE(rig.partial());
  CHECK(std::distance(std::filesystem::directory_iterator(rig.folder.file("")), {}) == 1);
}

TEST_CASE("a copy that broke is gone on with, and gives the same file", "[gather][fetch]") {
  Rig rig;
  const std::string content = dump_of(70 * kMiB + 5);
  FakeDump broken(content);
  broken.breaks_at = GENERATE(std::uint64_t{2} * kMiB, 33 * kMiB + 7, 69 * kMiB);
  const auto first = rig.fetch(broken);
  REQUIRE_FALSE(first);
  CHECK(first.error().code == Errc::transport);
  CHECK_FALSE(std::filesystem::exists(rig.path()));
  FakeDump whole(content);
  const Fetched fetched = value_of(rig.fetch(whole));
  CHECK(fetched.resumed_at == whole.lowest_read);
  CHECK(fetched.resumed_at + 4 * kMiB >= std::min(broken.breaks_at, 64 * kMiB));
  CHECK(fetched.sha256 == hash_of(content));
  CHECK(rig.content() == content);
  Rig other;
  FakeDump in_one_go(content);
  REQUIRE(other.fetch(in_one_go));
  CHECK(read_file(other.path()) == read_file(rig.path()));
}

TEST_CASE("what a torn write or a bad disk left of a copy is not built on", "[gather][fetch][hostile]") {
  Rig rig;
  const std::string content = dump_of(40 * kMiB);
  FakeDump broken(content);
  broken.breaks_at = 30 * kMiB;
  REQUIRE_FALSE(rig.fetch(broken));
  std::string partial = read_file(rig.path() + ".partial");
  SECTION("a byte in the middle") { partial[partial.size() / 2] ^= 1; }
  SECTION("the first byte") { partial[0] ^= 1; }
  SECTION("cut") { partial.resize(partial.size() - 1000); }
  SECTION("zeros at the end") { partial += std::string(100'000, '\0'); }
  SECTION("nothing at all") { partial.clear(); }
  write_file(rig.path() + ".partial", partial);
  FakeDump whole(content);
  CHECK(value_of(rig.fetch(whole)).sha256 == hash_of(content));
  CHECK(rig.content() == content);
}

TEST_CASE("a dump that is replaced while it is copied leaves no file", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(70 * kMiB));
  dump.on_read = [&dump](std::uint64_t offset) {
    if (offset == 40 * kMiB) {
      dump.content = dump_of(70 * kMiB, 2);
      dump.modified = 2;
    }
  };
  const auto fetched = rig.fetch(dump);
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Errc::stale);
  CHECK_FALSE(std::filesystem::exists(rig.path()));
  CHECK_FALSE(rig.partial());
}

TEST_CASE("half a copy of one dump never gets the other half of the next", "[gather][fetch]") {
  Rig rig;
  FakeDump first(dump_of(40 * kMiB, 1));
  first.breaks_at = 30 * kMiB;
  REQUIRE_FALSE(rig.fetch(first));
  FakeDump second(dump_of(40 * kMiB, 2));
  SECTION("the time tells") { second.modified = 2; }
  SECTION("the header alone tells") {}
  const Fetched fetched = value_of(rig.fetch(second));
  CHECK(fetched.resumed_at == 0);
  CHECK(rig.content() == second.content);
}

TEST_CASE("a dump that becomes shorter is no dump", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(40 * kMiB));
  dump.content.resize(20 * kMiB);
  CHECK(rig.fetch(dump).error().code == Errc::stale);
  CHECK_FALSE(rig.partial());
}

TEST_CASE("a file that is there is never replaced", "[gather][fetch]") {
  Rig rig;
  write_file(rig.path(), "mine");
  FakeDump dump(dump_of(kMiB));
  CHECK(rig.fetch(dump).error().code == Errc::storage);
  CHECK(read_file(rig.path()) == "mine");
  std::filesystem::remove(rig.path());
  dump.on_read = [&rig](std::uint64_t) { write_file(rig.path(), "mine"); }; // after it was looked for
  CHECK(rig.fetch(dump).error().code == Errc::storage);
  CHECK(read_file(rig.path()) == "mine");
}

TEST_CASE("room that is to stay free stays free, and the copy goes on when there is more",
          "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(100 * kMiB));
  dump.on_read = [&rig](std::uint64_t offset) { rig.space.room = offset > 40 * kMiB ? kMiB : 1ULL << 40U; };
  const auto fetched = rig.fetch(dump, {0, 10 * kMiB, ~0ULL});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Errc::storage);
  CHECK(rig.partial());
  dump.on_read = {};
  rig.space.room = 1ULL << 40U;
  CHECK(value_of(rig.fetch(dump)).resumed_at > 0);
  CHECK(rig.content() == dump.content);
}

TEST_CASE("a disk that is full is a reason, and no file", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(kMiB));
  std::filesystem::create_symlink("/dev/full", rig.path() + ".partial"); // nor is a link followed
  CHECK(rig.fetch(dump).error().code == Errc::storage);
  CHECK_FALSE(std::filesystem::exists(rig.path()));
}

TEST_CASE("a dump larger than its budget is given up and leaves nothing", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(200 * kMiB));
  CHECK(rig.fetch(dump, {0, 0, 20 * kMiB}).error().code == Errc::over_limit);
  CHECK_FALSE(rig.partial());
}

TEST_CASE("a rate is kept to", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(60 * kMiB));
  const Instant before = rig.runtime.now();
  REQUIRE(rig.fetch(dump, {4 * kMiB, 0, ~0ULL}));
  const Span took = rig.runtime.now() - before;
  CHECK(took >= 14s);
  CHECK(took < 16s);
}

TEST_CASE("a copy that is not wanted any more ends, and is gone on with when it is", "[gather][fetch]") {
  Rig rig;
  FakeDump dump(dump_of(100 * kMiB));
  int asked = 0;
  CHECK(rig.fetch(dump, {}, [&asked] { return ++asked < 3; }).error().code == Errc::cancelled);
  const Fetched fetched = value_of(rig.fetch(dump));
  CHECK(fetched.resumed_at == 64 * kMiB);
  CHECK(rig.content() == dump.content);
}
