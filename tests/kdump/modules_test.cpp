#include "analyzers/kdump/dump.hpp"
#include "analyzers/kdump/names.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;
using Catch::Contains;

namespace {

constexpr std::uint64_t kFirst = kListHead64 + FakeMachine::kEntryStride;
constexpr std::uint64_t kSecond = kFirst + FakeMachine::kEntryStride;

struct Opened {
  explicit Opened(const FakeMachine& machine)
      : image(full_dump(machine)), source(image), dump(Dump::open(source)) {
    REQUIRE(dump);
  }
  std::string warnings() const {
    std::string out;
    for (const std::string& warning : dump->warnings()) {
      out += warning + '\n';
    }
    return out;
  }

  Image image;
  SpanSource source;
  Result<Dump> dump;
};

// A debugger's block at `at`, with the tables that the dump follows from it.
void put_debugger_block(FakeMachine& machine, std::uint64_t at) {
  Image block(0x380);
  put_text(block, 0x10, "KDBG");
  put32(block, 0x14, 0x380);
  put64(block, 0x18, 0xfffff80312000000);
  put64(block, 0x48, kListHead64);
  put64(block, 0x218, at + 0x1000); // processors
  put64(block, 0x220, at + 0x2000);
  put64(block, 0x228, at + 0x2008);
  put(block, 0x29e, 0x28, 2); // a thread's initial stack
  put(block, 0x2a0, 0xb8, 2); // and process
  put(block, 0x2b4, 8, 2);    // a processor's current thread
  machine.write(at, block);
}

} // namespace

TEST_CASE("the module of an address is found", "[modules]") {
  const Opened opened(machine_with_modules(PagingMode::x64_4_level));
  REQUIRE(opened.dump->module_at(0xfffff803184010ab) != nullptr);
  CHECK(opened.dump->module_at(0xfffff803184010ab)->name == "storvsc.sys");
  CHECK(opened.dump->module_at(0xfffff80318404fff) != nullptr);
  CHECK(opened.dump->module_at(0xfffff80318405000) == nullptr);
  CHECK(opened.dump->module_at(0) == nullptr);
}

TEST_CASE("a module list that is broken gives what came before the break", "[modules][hostile]") {
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  std::size_t modules = 2;
  std::string expected;
  SECTION("a ring that does not pass the head") {
    machine.put_word(kSecond, kFirst);
    expected = "runs in a ring at 0xfffff80312015b80, after 2 modules";
  }
  SECTION("an entry that is its own neighbour") {
    machine.put_word(kFirst, kFirst);
    modules = 1;
    expected = "runs in a ring";
  }
  SECTION("a link to nowhere") {
    machine.put_word(kFirst, 0xffffdead00000000);
    modules = 1;
    expected = "breaks off at 0xffffdead00000000, after 1 modules";
  }
  SECTION("a link of zero") {
    machine.put_word(kSecond, 0);
    expected = "breaks off at 0x0, after 2 modules";
  }
  const Opened opened(machine);
  CHECK(opened.dump->modules().size() == modules);
  CHECK_THAT(opened.warnings(), Contains(expected));
}

TEST_CASE("a list without end stops at its limit", "[modules][hostile]") {
  FakeMachine machine(PagingMode::x64_4_level);
  // Links 16 bytes apart, each to the next: entries overlap, none repeats.
  Image links;
  for (std::uint64_t i = 0; i < kModulesMax + 16; ++i) {
    put64(links, 16 * i, kListHead64 + 16 * (i + 1));
    put64(links, 16 * i + 8, 0);
  }
  machine.write(kListHead64, links);
  const Opened opened(machine);
  CHECK(opened.dump->modules().size() == kModulesMax);
  CHECK_THAT(opened.warnings(), Contains("does not end"));
}

TEST_CASE("a module whose names are not in the dump is kept without them", "[modules]") {
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  machine.put_word(kSecond + 0x50, 0xffffdead00000000); // the full name's text
  machine.put_word(kSecond + 0x60, 0xffffdead00000000);
  const Opened opened(machine);
  REQUIRE(opened.dump->modules().size() == 2);
  CHECK(opened.dump->modules()[1].name.empty());
  CHECK(opened.dump->modules()[1].base == 0xfffff80318400000);
}

TEST_CASE("a name that is missing is taken from the path", "[modules]") {
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  machine.put_word(kSecond + 0x60, 0);
  const Opened opened(machine);
  CHECK(opened.dump->modules()[1].name == "storvsc.sys");
}

TEST_CASE("names are made fit for a terminal and a report", "[modules][hostile]") {
  CHECK(utf8_from_utf16(utf16("a\x1b[31mb")) == "a?[31mb");
  Image units;
  for (const std::uint32_t unit :
       {0xe9u, 0x20acu, 0xd83du, 0xde00u, 0xd800u, 0x41u, 0xdc00u, 0x202eu, 0u, 0x42u}) {
    put(units, units.size(), unit, 2);
  }
  CHECK(utf8_from_utf16(units) == "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80?A??");
  CHECK(file_name_of("\\SystemRoot\\system32\\drivers\\a.sys") == "a.sys");
  CHECK(file_name_of("a.sys") == "a.sys");
}

TEST_CASE("unloaded drivers are read from the kernel's ring, the latest first", "[modules]") {
  constexpr std::uint64_t kBlock = 0xfffff80313000000;
  constexpr std::uint64_t kArray = 0xffffc00100000000;
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  put_debugger_block(machine, kBlock);
  machine.put_word(kBlock + 0x2000, kArray);
  machine.put_u32(kBlock + 0x2008, 1); // the next slot to be written: slot 0 is the latest
  machine.write(kArray, Image(50 * 0x28));
  for (const std::uint64_t slot : {0ull, 49ull}) {
    const std::uint64_t entry = kArray + slot * 0x28;
    const std::string name = slot == 0 ? "late.sys" : "early.sys";
    machine.put_u32(entry, static_cast<std::uint32_t>(2 * name.size()));
    machine.put_word(entry + 8, kArray + 0x1000 + 0x100 * slot);
    machine.write(kArray + 0x1000 + 0x100 * slot, utf16(name));
    machine.put_word(entry + 0x10, 0xfffff80320000000 + slot * 0x10000);
    machine.put_word(entry + 0x18, 0xfffff80320008000 + slot * 0x10000);
  }
  Image image = full_dump(machine);
  put64(image, 0x80, kBlock);
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  REQUIRE(dump->unloaded_drivers().size() == 2);
  CHECK(dump->unloaded_drivers()[0].name == "late.sys");
  CHECK(dump->unloaded_drivers()[1].name == "early.sys");
  CHECK(dump->unloaded_drivers()[1].start == 0xfffff80320310000);
}

TEST_CASE("the crashed processor is the one whose thread owns the stack", "[modules]") {
  constexpr std::uint64_t kBlock = 0xfffff80313000000;
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  put_debugger_block(machine, kBlock);
  for (const std::uint64_t i : {0ull, 1ull}) {
    const std::uint64_t prcb = kBlock + 0x10000 + 0x4000 * i;
    const std::uint64_t thread = prcb + 0x1000;
    machine.put_word(kBlock + 0x1000 + 8 * i, prcb);
    machine.put_word(prcb + 8, thread);
    machine.put_word(thread + 0x28, 0xffffa70400010000 + 0x100000 * i); // its initial stack
    machine.put_word(thread + 0xb8, 0xffffd20b00000000 + i);
  }
  Image image = full_dump(machine);
  put64(image, 0x80, kBlock);
  put64(image, 0x348 + 0x98, 0xffffa7040010f000); // rsp
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->current().prcb == kBlock + 0x14000);
  CHECK(dump->current().process == 0xffffd20b00000001);
  CHECK(dump->debugger_data()->kernel_base == 0xfffff80312000000);
}

TEST_CASE("an encoded debugger block is told, and taken once it is decoded", "[modules]") {
  constexpr std::uint64_t kBlock = 0xfffff80313000000;
  const DebuggerDataKey key{0x0123456789abcdef, 0xfedcba9876543210, 0xfffff80312345678};
  Image plain(0x380);
  put_text(plain, 0x10, "KDBG");
  put32(plain, 0x14, 0x380);
  put64(plain, 0x18, 0xfffff80312000000);
  Image encoded(plain.size());
  for (std::size_t at = 0; at < plain.size(); at += 8) {
    // What the kernel does: the reverse of each of the decoder's steps, in reverse order.
    std::uint64_t value = ByteReader(Bytes(plain).subspan(at, 8), "w").le<std::uint64_t>() ^ key.wait_always;
    value = __builtin_bswap64(value) ^ key.encoded_flag_address;
    const unsigned turn = key.wait_never & 63;
    value = (value >> turn | value << (64 - turn)) ^ key.wait_never;
    put64(encoded, at, value);
  }
  FakeMachine machine = machine_with_modules(PagingMode::x64_4_level);
  machine.write(kBlock, encoded);
  Image image = full_dump(machine);
  put64(image, 0x80, kBlock);
  SpanSource source(image);
  auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->debugger_data_encoded());
  CHECK_FALSE(dump->debugger_data());
  CHECK(dump->modules().size() == 2); // the list needs no such block

  decode_debugger_data(encoded, key);
  CHECK(encoded == plain);
  const auto data = read_debugger_data(encoded, 8);
  REQUIRE(data);
  dump->adopt_debugger_data(*data);
  CHECK_FALSE(dump->debugger_data_encoded());
  CHECK(dump->debugger_data()->kernel_base == 0xfffff80312000000);
}
