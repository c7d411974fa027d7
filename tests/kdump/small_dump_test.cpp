#include "analyzers/kdump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_dump_builder.hpp"

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;
using Catch::Contains;

namespace {

constexpr std::uint64_t kTable = 0x2000;

struct Opened {
  explicit Opened(Image bytes) : image(std::move(bytes)), source(image), dump(Dump::open(source)) {
    REQUIRE(dump);
  }
  std::string warnings() const {
    std::string out;
    for (const std::string& warning : dump->warnings()) {
      out += warning + '\n';
    }
    return out;
  }
  std::string text(std::uint64_t address, std::size_t size) const {
    Image bytes(size);
    REQUIRE(dump->memory().read(address, bytes) == Presence::present);
    std::string out;
    for (const std::byte b : bytes) {
      out += static_cast<char>(b);
    }
    return out;
  }

  Image image;
  SpanSource source;
  Result<Dump> dump;
};

} // namespace

TEST_CASE("a small dump gives its drivers, its memory and what the processor was doing", "[small]") {
  const auto pointer_size = GENERATE(8u, 4u);
  CAPTURE(pointer_size);
  const std::uint64_t mask = pointer_size == 8 ? ~0ull : 0xffffffff;
  const SmallDumpLayout layout;
  const Opened opened(small_dump(pointer_size));
  const Dump& dump = *opened.dump;
  CHECK(opened.warnings().empty());
  CHECK(dump.missing_bytes() == 0);

  REQUIRE(dump.modules().size() == 2);
  CHECK(dump.modules()[0].name == "ntoskrnl.exe");
  CHECK(dump.modules()[1].name == "storvsc.sys");
  CHECK(dump.modules()[1].path == "\\SystemRoot\\System32\\drivers\\storvsc.sys");
  CHECK(dump.modules()[1].base == (0xfffff80318400000 & mask));
  CHECK(dump.modules()[1].size == 0x5000);
  CHECK(dump.modules()[1].timestamp == 0x4ce7a5d1);
  REQUIRE(dump.unloaded_drivers().size() == 1);
  CHECK(dump.unloaded_drivers()[0].name == "dam.sys");
  CHECK(dump.unloaded_drivers()[0].end == (0xfffff8075f3ec000 & mask));

  CHECK(dump.memory().le<std::uint64_t>(layout.stack_top & mask) == 0x1122334455667788);
  CHECK(opened.text(layout.block_address & mask, 10) == "thirty-two");
  CHECK(dump.current().thread == (layout.thread & mask));
  CHECK(dump.current().process == (layout.process & mask));
  CHECK(opened.text(layout.process & mask, 6) == "System");
  CHECK(dump.triage_blocks().prcb.bytes.size() == 0x100);
  CHECK(dump.triage_blocks().stack_size == 0x40);
  CHECK(dump.triage_blocks().broken_driver == "ntoskrnl.exe");
  REQUIRE(dump.debugger_data());
  CHECK(dump.debugger_data()->kernel_base == (0xfffff80312000000 & mask));
}

TEST_CASE("memory between and behind saved blocks is not in the dump", "[small]") {
  const SmallDumpLayout layout;
  const Opened opened(small_dump());
  const Memory& memory = opened.dump->memory();
  CHECK(memory.presence(layout.block_address - 1) == Presence::not_in_dump);
  CHECK(memory.presence(layout.block_address + 0x20) == Presence::not_in_dump);
  CHECK(memory.presence(0x28) == Presence::not_in_dump);
  Image got(0x21);
  CHECK(memory.read(layout.block_address, got) == Presence::not_in_dump);
  CHECK(memory.read_some(layout.block_address, got) == 0x20);
  CHECK(memory.read_physical(0x1000, got) == Presence::not_in_dump);
}

TEST_CASE("saved blocks that overlap or touch read as one", "[small]") {
  Image image = small_dump();
  const auto blocks = static_cast<std::uint32_t>(image.size());
  constexpr std::uint64_t kAt = 0xffff900000000ff8;
  put64(image, blocks, kAt + 8); // touches the end of the next
  put32(image, blocks + 8, blocks + 0x50);
  put32(image, blocks + 12, 8);
  put64(image, blocks + 16, kAt);
  put32(image, blocks + 24, blocks + 0x40);
  put32(image, blocks + 28, 8);
  put64(image, blocks + 32, kAt + 4); // inside both
  put32(image, blocks + 40, blocks + 0x60);
  put32(image, blocks + 44, 8);
  put_text(image, blocks + 0x40, "abcdefgh");
  put_text(image, blocks + 0x50, "ijklmnop");
  put_text(image, blocks + 0x60, "........");
  put32(image, kTable + 0x78, blocks);
  put32(image, kTable + 0x7c, 3);
  const Opened opened(std::move(image));
  // The block that begins earlier has the bytes where two hold the same address.
  CHECK(opened.text(kAt, 16) == "abcdefgh....mnop");
}

TEST_CASE("a small dump that is cut off says what is missing and gives the rest", "[small][hostile]") {
  Image image = small_dump();
  const std::size_t whole = image.size();
  const auto left =
      GENERATE(std::size_t{0x2000}, std::size_t{0x2080}, std::size_t{0x2300}, std::size_t{0x2680});
  image.resize(left);
  const Opened opened(std::move(image));
  CHECK(opened.dump->header().bugcheck_code == 0xd1);
  CHECK(opened.dump->missing_bytes() == (left < 0x2080 ? 0x2080 - left : whole - left));
  CHECK_THAT(opened.warnings(), Contains("bytes are missing"));
}

TEST_CASE("a small dump whose tables lie is read without harm", "[small][hostile]") {
  Image image = small_dump();
  std::string expected;
  SECTION("no last mark") {
    put_text(image, image.size() - 4, "XXXX");
    expected = "its writer did not finish";
  }
  SECTION("drivers without number") {
    put32(image, kTable + 0x34, 0xffffffff);
    expected = "the list of drivers has 4294967295 entries";
  }
  SECTION("blocks without number") {
    put32(image, kTable + 0x7c, 0xffffffff);
    expected = "4294967295 memory blocks are declared";
  }
  SECTION("drivers outside the file") {
    put32(image, kTable + 0x30, 0xfffffff0);
    expected = "2 entries, 0 are readable";
  }
  const Opened opened(std::move(image));
  CHECK_THAT(opened.warnings(), Contains(expected));
}

TEST_CASE("blocks of impossible places give nothing", "[small][hostile]") {
  Image image = small_dump();
  const std::uint64_t blocks = image.size() - 0x20 - 0x40 - 4;
  SECTION("outside the file") { put32(image, blocks + 8, 0xfffffff0); }
  SECTION("longer than the file") { put32(image, blocks + 12, 0xffffffff); }
  SECTION("at the end of the address space") { put64(image, blocks, ~0ull - 4); }
  const Opened opened(std::move(image));
  const SmallDumpLayout layout;
  Image got(0x40);
  CHECK(opened.dump->memory().read(layout.block_address, got) == Presence::not_in_dump);
  CHECK(opened.dump->memory().read(~0ull - 4, got) != Presence::present);
  CHECK(opened.dump->modules().size() == 2);
}

TEST_CASE("driver entries of other lengths are taken as the table spaces them", "[small]") {
  Image image = small_dump();
  const std::uint64_t drivers = 0x2080 + 0x600;
  const Image entry(image.begin() + static_cast<std::ptrdiff_t>(drivers),
                    image.begin() + static_cast<std::ptrdiff_t>(drivers) + 0x90);
  const std::uint64_t moved = image.size();
  const std::uint64_t stride = GENERATE(0x98ull, 0xa8ull);
  image.resize(static_cast<std::size_t>(moved + 2 * stride));
  for (std::uint64_t i = 0; i < 2; ++i) {
    std::copy(entry.begin(), entry.end(), image.begin() + static_cast<std::ptrdiff_t>(moved + i * stride));
  }
  put32(image, kTable + 0x30, static_cast<std::uint32_t>(moved));
  put32(image, kTable + 0x38, static_cast<std::uint32_t>(moved + 2 * stride));
  const Opened opened(std::move(image));
  REQUIRE(opened.dump->modules().size() == 2);
  CHECK(opened.dump->modules()[1].base == 0xfffff80312000000);
}
