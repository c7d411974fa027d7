// What spoilt dumps may cost: bounded memory and time, whatever they claim.
#include "tests/make_dump/dump_files.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <migstorm/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

using namespace migstorm;
using namespace migstorm::make_dump;
using namespace migstorm::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kMemoryMost = 4ULL << 30; // the sanitizer's own
#else
constexpr std::uint64_t kMemoryMost = 256ULL << 20;
#endif
constexpr std::uint64_t kTablesEnd = 0x4000; // header and what follows it

// Rubbish in the header and the tables behind it, but not in the signature.
void scribble(SparseFile& file, Random& random) {
  for (int i = 0; i < 24; ++i) {
    const std::uint64_t at = 0x10 + random.below(kTablesEnd);
    const std::uint64_t value = random.below(3) == 0 ? ~0ULL : random.next();
    if (at + 8 < file.size()) {
      file.put(at, std::as_bytes(std::span(&value, 1)).first(1 + random.below(8)));
    }
  }
}

// Every kind and spoil of one architecture, as they are and scribbled on; how many.
std::size_t put_spoilt(const std::string& folder, Architecture architecture, int scribbles) {
  std::size_t count = 0;
  Random random(static_cast<std::uint64_t>(architecture), "scribbles");
  for (const Kind kind : all_kinds()) {
    for (const Spoil spoil : all_spoils()) {
      CrashFacts facts;
      facts.architecture = architecture;
      const auto dump = make_dump::make_dump(facts, {kind, {spoil}});
      if (!dump) {
        continue; // a kind that this architecture does not have
      }
      for (int round = 0; round <= scribbles; ++round) {
        SparseFile file = dump->file;
        if (round > 0) {
          scribble(file, random);
        }
        REQUIRE(
            file.write_to(fmt::format("{}/{}-{}-{}.dmp", folder, to_string(kind), to_string(spoil), round)));
        ++count;
      }
    }
  }
  return count;
}

int scribbles_wanted() {
  const char* text = std::getenv("MIGSTORM_SCRIBBLES");
  return text != nullptr ? std::atoi(text) : 1;
}

} // namespace

TEST_CASE("no dump, however spoilt, takes 256 MiB or hangs", "[e2e][triage][hostile]") {
  for (const Architecture architecture : all_architectures()) {
    CAPTURE(to_string(architecture));
    const Folder folder;
    std::filesystem::create_directories(folder.file("dumps"));
    put_store(folder.file("store"));
    const std::size_t count = put_spoilt(folder.file("dumps"), architecture, scribbles_wanted());
    const auto begun = std::chrono::steady_clock::now();
    const Finished told = run_migstorm(
        folder, {"triage", "--offline", "--json", folder.file("dumps"), "--symbols", folder.file("store")});
    const auto taken = std::chrono::steady_clock::now() - begun;
    CHECK((told.code == 0 || told.code == 3 || told.code == 4));
    CHECK(static_cast<std::size_t>(std::count(told.out.begin(), told.out.end(), '\n')) == count);
    CHECK(told.peak_memory < kMemoryMost);
    CHECK(taken < std::chrono::seconds(10) + std::chrono::milliseconds(100) * count);
    if (std::getenv("MIGSTORM_SCRIBBLES") != nullptr) {
      WARN(fmt::format("{}: {} dumps, {} ms, {} KiB at most", to_string(architecture), count,
                       std::chrono::duration_cast<std::chrono::milliseconds>(taken).count(),
                       told.peak_memory / 1024));
    }
  }
}
