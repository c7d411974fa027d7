#include "tests/make_dump/dump_view.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::make_dump;
using namespace migstorm::test;

namespace {

std::uint64_t rotate_left(std::uint64_t value, unsigned by) {
  by %= 64;
  return by == 0 ? value : value << by | value >> (64 - by);
}

std::uint64_t swap_bytes(std::uint64_t value) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i, value >>= 8) {
    out = out << 8 | (value & 0xFF);
  }
  return out;
}

} // namespace

TEST_CASE("a truncated dump ends before what its header promises", "[make_dump]") {
  const CrashDump whole = small_dump(Kind::full);
  const CrashDump cut = small_dump(Kind::full, {Spoil::truncated});
  CHECK(cut.file.size() == whole.file.size() / 5 * 3);
  CHECK(DumpView(cut.file).at<std::uint64_t>(0xFA0) == whole.file.size());
}

TEST_CASE("an encoded debugger block decodes with the values beside it", "[make_dump]") {
  const CrashDump plain = small_dump(Kind::full);
  const CrashDump encoded = small_dump(Kind::full, {Spoil::encoded_debugger_block});
  const DumpView clear(plain.file);
  const DumpView view(encoded.file);
  // The RVAs of these two and the block are the kernel's own; symbols.txt has them.
  const std::uint64_t block = view.at<std::uint64_t>(0x80);
  const std::uint64_t base = encoded.modules[0].base;
  const std::uint64_t never = view.le<std::uint64_t>(base + 0x4268).value();
  const std::uint64_t always = view.le<std::uint64_t>(base + 0x4270).value();
  const std::uint64_t flag = base + 0x4278;
  CHECK(view.le<std::uint8_t>(flag) == 1);
  CHECK(view.le<std::uint32_t>(block + 0x10) != 0x4742444BU);
  for (std::uint64_t at = block; at < block + 0x380; at += 8) {
    const std::uint64_t turned = rotate_left(view.le<std::uint64_t>(at).value() ^ never, never & 0xFF);
    CHECK((swap_bytes(turned ^ flag) ^ always) == clear.le<std::uint64_t>(at));
  }
}

TEST_CASE("a module list in a ring never comes back to its head", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::bitmap_kernel, {Spoil::module_ring});
  const DumpView view(dump.file);
  const auto head = view.at<std::uint64_t>(0x20);
  std::uint64_t entry = view.le<std::uint64_t>(head).value();
  for (int step = 0; step < 100; ++step) {
    entry = view.le<std::uint64_t>(entry).value();
    REQUIRE(entry != head);
  }
}

TEST_CASE("torn tables take the faulting driver's memory away and nothing before it", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::bitmap_kernel, {Spoil::torn_tables});
  const DumpView view(dump.file);
  CHECK(view.le<std::uint16_t>(dump.modules[0].base) == 0x5A4D);
  CHECK(view.le<std::uint16_t>(dump.modules[2].base).value_or(0) != 0x5A4D);
}

TEST_CASE("loops: the process list stays at one, a page's entry needs the page itself", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::bitmap_kernel, {Spoil::loops});
  const DumpView view(dump.file);
  const auto head = view.at<std::uint64_t>(0x28);
  const auto program = view.le<std::uint64_t>(view.le<std::uint64_t>(head).value()).value();
  CHECK(view.le<std::uint64_t>(program) == program);
}

TEST_CASE("lying counts say more than there is, in every kind", "[make_dump]") {
  for (const Kind kind : all_kinds()) {
    CAPTURE(to_string(kind));
    const CrashDump honest = small_dump(kind);
    const CrashDump lying = small_dump(kind, {Spoil::lying_counts});
    CHECK(lying.file.size() == honest.file.size());
    CHECK(lying.file.read(0x34, 4) != honest.file.read(0x34, 4));
    if (kind != Kind::triage) {
      CHECK(lying.file.read(0x88, 4) != honest.file.read(0x88, 4));
    }
    if (kind != Kind::full && kind != Kind::header) {
      CHECK(lying.file.read(0x2000, 0x80) != honest.file.read(0x2000, 0x80));
    }
  }
}

TEST_CASE("without a debugger block its field has the filler of unused ones", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::full, {Spoil::no_debugger_block});
  CHECK(DumpView(dump.file).text(0x80, 8) == "PAGEPAGE");
}

TEST_CASE("hostile names stand in the module list and in small dumps alike", "[make_dump]") {
  CHECK(small_dump(Kind::full, {Spoil::hostile_names}).modules[1].name == "vm\x1b[31mbus\n.sys");
  const CrashDump small = small_dump(Kind::triage, {Spoil::hostile_names});
  const DumpView view(small.file);
  const auto drivers = view.at<std::uint32_t>(0x2030);
  const auto name = view.at<std::uint32_t>(drivers + 2 * 0x90);
  CHECK(view.at<std::uint32_t>(name) == 335);
  CHECK(view.at<char>(name + 4) == '<');
}

TEST_CASE("a dump can lack its stack, unless it has every page", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::bitmap_kernel, {Spoil::cut_stack});
  CHECK_FALSE(DumpView(dump.file).le<std::uint64_t>(dump.stack.front().stack_pointer));
  const CrashDump small = small_dump(Kind::triage, {Spoil::cut_stack});
  CHECK(DumpView(small.file).at<std::uint32_t>(0x202C) == 0);
  DumpOptions options;
  options.kind = Kind::full;
  options.spoils = {Spoil::cut_stack};
  CHECK(make_dump::make_dump({}, options).error().detail == "cut-stack: a dump of kind full has every page");
}
