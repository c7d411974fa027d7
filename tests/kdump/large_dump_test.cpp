// What a dump of a large guest costs: never in proportion to its memory.
#include "analyzers/kdump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

#include <algorithm>
#include <chrono>

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;

namespace {

constexpr std::uint64_t kGuestPages = (64ull << 30) / kPageSize;

// A file that is a few pieces in an ocean of one byte.
class SparseSource final : public ByteSource {
public:
  explicit SparseSource(std::uint64_t size) : size_(size) {}
  void add(std::uint64_t offset, Image bytes) { pieces_[offset] = std::move(bytes); }
  void fill(std::uint64_t from, std::uint64_t to, std::byte value) { filled_ = {from, to, value}; }
  std::uint64_t size() const override { return size_; }

private:
  struct Filled {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::byte value{};
  };

  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    const std::uint64_t end = offset + out.size();
    std::fill(out.begin(), out.end(), std::byte{0});
    for (std::uint64_t at = std::max(offset, filled_.from); at < std::min(end, filled_.to); ++at) {
      out[static_cast<std::size_t>(at - offset)] = filled_.value;
    }
    for (const auto& [start, bytes] : pieces_) {
      for (std::uint64_t at = std::max(offset, start);
           at < std::min<std::uint64_t>(end, start + bytes.size()); ++at) {
        out[static_cast<std::size_t>(at - offset)] = bytes[static_cast<std::size_t>(at - start)];
      }
    }
    return out.size();
  }

  std::uint64_t size_;
  Filled filled_;
  std::map<std::uint64_t, Image> pieces_;
};

void add_pages(SparseSource& source, std::uint64_t first_page, const FakeMachine& machine) {
  for (const auto& [pfn, page] : machine.pages()) {
    source.add(first_page + pfn * kPageSize, page);
  }
}

void check_cheap(SparseSource& source) {
  const auto before = std::chrono::steady_clock::now();
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2)); // an order above what it takes
  CHECK(dump->missing_bytes() == 0);
  CHECK(dump->modules().size() == 2);
  CHECK(source.bytes_read() < (4u << 20));
}

} // namespace

TEST_CASE("a full dump of 64 GiB costs what its lists cost", "[large]") {
  const FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  Image header = header_of(machine, 1);
  put32(header, 0x88, 1);
  put64(header, 0x90, kGuestPages);
  put64(header, 0x98, 0);
  put64(header, 0xa0, kGuestPages);
  SparseSource source(header.size() + kGuestPages * kPageSize);
  add_pages(source, header.size(), machine);
  source.add(0, std::move(header));
  check_cheap(source);
}

TEST_CASE("a bitmap dump of 64 GiB costs its bitmap, once", "[large]") {
  const FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  Image header = header_of(machine, 5);
  const std::uint64_t bitmap = header.size() + 0x38;
  const std::uint64_t first_page = bitmap + kGuestPages / 8;
  put_text(header, 0x2000, "SDMPDUMP");
  put64(header, 0x2020, first_page);
  put64(header, 0x2028, kGuestPages);
  put64(header, 0x2030, kGuestPages);
  SparseSource source(first_page + kGuestPages * kPageSize);
  add_pages(source, first_page, machine);
  source.add(0, std::move(header));
  source.fill(bitmap, first_page, std::byte{0xff});
  check_cheap(source);
}
