#include "analyzers/kdump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;

namespace {

constexpr std::uint64_t kPage = 0xffff800000400000;
constexpr std::uint64_t kFrameNumber = 0x300;

// A dump and what it is read from.
struct Opened {
  explicit Opened(const FakeMachine& machine)
      : image(full_dump(machine)), source(image), dump(Dump::open(source)) {
    REQUIRE(dump);
  }
  const Memory& memory() const { return dump->memory(); }

  Image image;
  SpanSource source;
  Result<Dump> dump;
};

// A machine in `mode` with a page of a known word, not mapped by anything yet.
FakeMachine with_page(PagingMode mode) {
  FakeMachine machine = machine_with_modules(mode);
  Image word;
  put64(word, 0x10, 0x1122334455667788);
  machine.write_physical(kFrameNumber * kPageSize, word);
  return machine;
}

std::uint64_t address_for(PagingMode mode) {
  return mode == PagingMode::x86 || mode == PagingMode::x86_pae ? kPage & 0xffffffff : kPage;
}

} // namespace

TEST_CASE("mapped pages are read in every mode", "[paging]") {
  const auto mode = GENERATE(PagingMode::x64_4_level, PagingMode::x64_5_level, PagingMode::arm64,
                             PagingMode::x86, PagingMode::x86_pae);
  CAPTURE(to_string(mode));
  FakeMachine machine = with_page(mode);
  const std::uint64_t page = address_for(mode);
  machine.map(page, kFrameNumber);
  const Opened opened(machine);
  CHECK(opened.memory().le<std::uint64_t>(page + 0x10) == 0x1122334455667788);
  CHECK(opened.memory().translate(page + 0x10).physical == kFrameNumber * kPageSize + 0x10);
  CHECK(opened.memory().presence(page + kPageSize) == Presence::not_mapped);
  CHECK(opened.memory().presence(page + 0x40000000) == Presence::not_mapped);
}

TEST_CASE("large pages are read in every mode, whatever their attribute bits say", "[paging]") {
  const auto [mode, shift] = GENERATE(table<PagingMode, unsigned>({{PagingMode::x64_4_level, 21},
                                                                   {PagingMode::x64_4_level, 30},
                                                                   {PagingMode::x64_5_level, 21},
                                                                   {PagingMode::arm64, 21},
                                                                   {PagingMode::arm64, 30},
                                                                   {PagingMode::x86_pae, 21},
                                                                   {PagingMode::x86, 22}}));
  CAPTURE(to_string(mode), shift);
  FakeMachine machine = with_page(mode);
  const std::uint64_t region =
      mode == PagingMode::x86 || mode == PagingMode::x86_pae ? 0xc0000000 : 0xffff900000000000;
  const std::uint64_t physical = kFrameNumber * kPageSize & ~((1ull << shift) - 1);
  const std::uint64_t page = region + kFrameNumber * kPageSize - physical;
  // The page attribute bit of a large entry is bit 12 and no part of the address.
  const std::uint64_t attribute = mode == PagingMode::arm64 || mode == PagingMode::x86 ? 0 : 1u << 12;
  machine.map_large(region, physical | attribute, shift);
  const Opened opened(machine);
  CHECK(opened.memory().le<std::uint64_t>(page + 0x10) == 0x1122334455667788);
  CHECK(opened.memory().presence(page + 0x80 * kPageSize) == Presence::present); // translated...
  Image got(8);
  CHECK(opened.memory().read(page + 0x80 * kPageSize, got) == Presence::not_in_dump); // ...and not there
}

TEST_CASE("pages in transition are still read", "[paging]") {
  const auto mode =
      GENERATE(PagingMode::x64_4_level, PagingMode::x64_5_level, PagingMode::x86, PagingMode::x86_pae);
  const std::uint64_t flags = mode == PagingMode::x86 ? 0 : GENERATE(0ull, 1ull << 45, 0x7full << 56);
  CAPTURE(to_string(mode), flags);
  FakeMachine machine = with_page(mode);
  const std::uint64_t page = address_for(mode);
  machine.set_entry(page, kFrameNumber << 12 | 1u << 11 | flags);
  CHECK(Opened(machine).memory().le<std::uint64_t>(page + 0x10) == 0x1122334455667788);
}

TEST_CASE("shared pages are read through their prototype entries", "[paging]") {
  FakeMachine machine = with_page(PagingMode::x64_4_level);
  constexpr std::uint64_t kPrototype = 0xffffe00012345000;
  const auto entry = [](std::uint64_t prototype) { return prototype << 16 | 1u << 10; };
  machine.set_entry(kPage, entry(kPrototype));
  Presence expected = Presence::present;
  SECTION("valid") { machine.put_word(kPrototype, kFrameNumber << 12 | 0x63); }
  SECTION("in transition") { machine.put_word(kPrototype, kFrameNumber << 12 | 1u << 11); }
  SECTION("demand zero") {
    machine.put_word(kPrototype, 0x80);
    expected = Presence::not_mapped;
  }
  SECTION("in a mapped file") {
    machine.put_word(kPrototype, 0xffff8abc00000400);
    expected = Presence::not_in_dump;
  }
  SECTION("in the page file") {
    machine.put_word(kPrototype, 0x1234ull << 32);
    expected = Presence::not_in_dump;
  }
  SECTION("in the process's tree") {
    machine.set_entry(kPage, entry(0xffffffff0000));
    expected = Presence::not_in_dump;
  }
  SECTION("itself not in the dump") { expected = Presence::not_in_dump; }
  const Opened opened(machine);
  Image got(8);
  CHECK(opened.memory().read(kPage + 0x10, got) == expected);
}

TEST_CASE("prototype entries that name one another end", "[paging][hostile]") {
  FakeMachine machine = with_page(PagingMode::x64_4_level);
  machine.set_entry(kPage, kPage << 16 | 1u << 10); // its own page holds its own prototype
  CHECK(Opened(machine).memory().presence(kPage) == Presence::not_in_dump);
}

TEST_CASE("what was paged out is not in the dump, what never was is not mapped", "[paging]") {
  const auto mode = GENERATE(PagingMode::x64_4_level, PagingMode::x86_pae);
  FakeMachine machine = with_page(mode);
  const std::uint64_t page = address_for(mode);
  machine.set_entry(page, 0x55ull << 32 | 0x80);
  machine.set_entry(page + 0x1000, 0x80); // a protection and nothing else: zeroed on demand
  machine.set_entry(page + 0x2000, 0x2ffull << 12 | 0x63);
  const Opened opened(machine);
  CHECK(opened.memory().presence(page) == Presence::not_in_dump);
  CHECK(opened.memory().presence(page + 0x1000) == Presence::not_mapped);
  Image got(4);
  CHECK(opened.memory().read(page + 0x2000, got) == Presence::not_in_dump);
}

TEST_CASE("a lost page table is told apart from an empty one", "[paging][hostile]") {
  FakeMachine machine = with_page(PagingMode::x64_4_level);
  machine.set_entry(kPage, kFrameNumber << 12 | 0x63);
  Image lost;
  put64(lost, 0, 0x7777ull << 12 | 0x63); // a table that no run of the dump holds
  machine.write_physical(FakeMachine::kRoot + (0xffffb00000000000 >> 39 & 511) * 8, lost);
  const Opened opened(machine);
  CHECK(opened.memory().presence(0xffffb00000000000) == Presence::not_in_dump);
  CHECK(opened.memory().presence(0xffffb80000000000) == Presence::not_mapped);
}

TEST_CASE("addresses that no processor accepts are not mapped", "[paging][hostile]") {
  const Opened opened(machine_with_modules(PagingMode::x64_4_level));
  CHECK(opened.memory().presence(0x0000800000000000) == Presence::not_mapped);
  CHECK(opened.memory().presence(0x1000fffff0000000) == Presence::not_mapped);
  Image wraps(0x20);
  CHECK(opened.memory().read(~0ull - 4, wraps) == Presence::not_mapped);
  CHECK(opened.memory().read_some(~0ull - 4, wraps) == 0);
}

TEST_CASE("tables that point at themselves end", "[paging][hostile]") {
  FakeMachine machine(PagingMode::x64_4_level);
  Image self;
  put64(self, 0, FakeMachine::kRoot | 0x63);
  machine.write_physical(FakeMachine::kRoot + 0xff8, self);
  const Opened opened(machine);
  CHECK(opened.memory().translate(~0ull - 0xfff).physical == FakeMachine::kRoot);
}

TEST_CASE("a read over several pages gives what is there from the front", "[paging]") {
  FakeMachine machine = with_page(PagingMode::x64_4_level);
  machine.map(kPage, kFrameNumber);
  const Opened opened(machine);
  Image got(0x20);
  CHECK(opened.memory().read(kPage + 0xff0, got) == Presence::not_mapped);
  CHECK(opened.memory().read_some(kPage + 0xff0, got) == 0x10);
  CHECK(opened.memory().read_some(kPage - 8, got) == 0);
}

TEST_CASE("32-bit addresses are taken as the debugger's block writes them", "[paging]") {
  FakeMachine machine = with_page(PagingMode::x86_pae);
  machine.map(0x82990000, kFrameNumber);
  const Opened opened(machine);
  CHECK(opened.memory().le<std::uint64_t>(0xffffffff82990010) == 0x1122334455667788);
  CHECK(opened.memory().presence(0x182990010) == Presence::not_mapped);
}

TEST_CASE("an image is read only inside its own bounds", "[paging]") {
  FakeMachine machine = with_page(PagingMode::x64_4_level);
  machine.map(kPage, kFrameNumber);
  const Opened opened(machine);
  const ImageReader image = image_reader(opened.memory(), kPage, 0x800);
  Image word(8);
  REQUIRE(image(0x10, word));
  CHECK(ByteReader(word, "word").le<std::uint64_t>() == 0x1122334455667788);
  CHECK_FALSE(image(0x7f9, word));
  CHECK_FALSE(image(~0ull, word));
}
