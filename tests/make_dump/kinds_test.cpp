#include "tests/make_dump/dump_view.hpp"
#include "tests/support/catch.hpp"

#include <map>

using namespace migstorm;
using namespace migstorm::make_dump;
using namespace migstorm::test;

namespace {

const std::map<Kind, std::uint32_t> kTypes = {{Kind::full, 1},
                                              {Kind::kernel_summary, 2},
                                              {Kind::header, 3},
                                              {Kind::triage, 4},
                                              {Kind::bitmap_full, 5},
                                              {Kind::bitmap_kernel, 6},
                                              {Kind::bitmap_automatic, 7},
                                              {Kind::kernel_range, 8},
                                              {Kind::kernel_user_range, 9},
                                              {Kind::complete_range, 10}};

bool has_pages(Kind kind) { return kind != Kind::header && kind != Kind::triage; }

const Kind kPaged[] = {Kind::full,         Kind::kernel_summary,    Kind::bitmap_full,   Kind::bitmap_kernel,
                       Kind::kernel_range, Kind::kernel_user_range, Kind::complete_range};

std::uint64_t user_tables(const DumpView& view, const CrashDump&) {
  const auto head = view.at<std::uint64_t>(0x28);           // PsActiveProcessHead
  const auto system = view.le<std::uint64_t>(head).value(); // its links at 448, tables at 28
  const auto program = view.le<std::uint64_t>(system).value();
  return view.le<std::uint64_t>(program - 0x448 + 0x28).value();
}

} // namespace

TEST_CASE("every kind of dump has its number, signature and the crash in its header", "[make_dump]") {
  for (const Kind kind : all_kinds()) {
    CAPTURE(to_string(kind));
    const CrashDump dump = small_dump(kind);
    const DumpView view(dump.file);
    CHECK(view.text(0, 8) == "PAGEDU64");
    CHECK(view.type() == kTypes.at(kind));
    CHECK(view.at<std::uint32_t>(0x0C) == 19041);
    CHECK(view.at<std::uint32_t>(0x30) == 0x8664);
    CHECK(view.at<std::uint32_t>(0x38) == 0xD1);
    CHECK(view.at<std::uint64_t>(0x40) == 0x28);
    CHECK(view.at<std::uint64_t>(0x48) == 2);
    CHECK(view.at<std::uint64_t>(0x50) == 0);
    CHECK(view.at<std::uint64_t>(0x58) == dump.bugcheck.parameters[3]);
    CHECK(view.at<std::uint64_t>(0xFA0) == dump.file.size());
    CHECK(view.at<std::uint64_t>(0x348 + 0xF8) == dump.stack.front().address); // Rip of the context
    CHECK(view.at<std::uint64_t>(0x348 + 0x98) == dump.stack.front().stack_pointer);
  }
}

TEST_CASE("the pages of each body end where the file does", "[make_dump]") {
  for (const Kind kind : all_kinds()) {
    if (has_pages(kind)) {
      CAPTURE(to_string(kind));
      const CrashDump dump = small_dump(kind);
      CHECK(DumpView(dump.file).end_of_pages() == dump.file.size());
    }
  }
}

TEST_CASE("a header dump is the header alone", "[make_dump]") {
  CHECK(small_dump(Kind::header).file.size() == 0x2000);
}

TEST_CASE("the module list is found through the page tables, with names that are paged out or shared",
          "[make_dump]") {
  const Kind kind = GENERATE(from_range(std::begin(kPaged), std::end(kPaged)));
  CAPTURE(to_string(kind));
  const CrashDump dump = small_dump(kind);
  const DumpView view(dump.file);
  const auto head = view.at<std::uint64_t>(0x20);
  std::vector<std::string> names;
  for (std::uint64_t entry = view.le<std::uint64_t>(head).value(); entry != head;
       entry = view.le<std::uint64_t>(entry).value()) {
    names.push_back(view.unicode(entry + 0x58));
    const std::uint64_t base = view.le<std::uint64_t>(entry + 0x30).value();
    CHECK(base == dump.modules[names.size() - 1].base);
    CHECK(view.le<std::uint16_t>(base) == 0x5A4D); // MZ
    REQUIRE(names.size() <= dump.modules.size());
  }
  CHECK(names == std::vector<std::string>{"ntoskrnl.exe", "vmbus.sys", "storvsc.sys"});
}

TEST_CASE("the debugger's block agrees with the header", "[make_dump]") {
  const Kind kind = GENERATE(from_range(std::begin(kPaged), std::end(kPaged)));
  const CrashDump dump = small_dump(kind);
  const DumpView view(dump.file);
  const auto block = view.at<std::uint64_t>(0x80);
  CHECK(view.le<std::uint32_t>(block + 0x10) == 0x4742444BU); // KDBG
  CHECK(view.le<std::uint64_t>(block + 0x18) == dump.modules.front().base);
  CHECK(view.le<std::uint64_t>(block + 0x48) == view.at<std::uint64_t>(0x20));
  const auto data = view.le<std::uint64_t>(block + 0x88).value(); // KiBugcheckData
  CHECK(view.le<std::uint64_t>(data) == 0xD1U);
  CHECK(view.le<std::uint64_t>(data + 32) == dump.bugcheck.parameters[3]);
}

TEST_CASE("kernel dumps leave a user's page out, others have it", "[make_dump]") {
  const Kind kind = GENERATE(from_range(std::begin(kPaged), std::end(kPaged)));
  CAPTURE(to_string(kind));
  const CrashDump dump = small_dump(kind);
  const DumpView view(dump.file);
  const std::uint64_t tables = user_tables(view, dump);
  CHECK(view.physical(0x7FF650000000, tables)); // mapped in any case
  const bool kernel_only =
      kind == Kind::kernel_summary || kind == Kind::bitmap_kernel || kind == Kind::kernel_range;
  CHECK(view.le<std::uint64_t>(0x7FF650000000, tables).has_value() == !kernel_only);
}

TEST_CASE("a small dump lists its drivers, its stack and blocks of memory", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::triage);
  const DumpView view(dump.file);
  const auto valid = view.at<std::uint32_t>(0x2008);
  CHECK(view.text(valid, 4) == "TRGD");
  CHECK(view.at<std::uint32_t>(0x2004) == valid + 4);
  REQUIRE(view.at<std::uint32_t>(0x2034) == 3);
  const auto drivers = view.at<std::uint32_t>(0x2030);
  CHECK((view.at<std::uint32_t>(0x2038) - drivers) / 3 == 0x90);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(view.at<std::uint64_t>(drivers + 0x90 * i + 0x38) == dump.modules[i].base);
    CHECK(view.at<std::uint32_t>(drivers + 0x90 * i + 0x88) == dump.modules[i].timestamp);
  }
  CHECK(view.at<std::uint64_t>(0x2048) == dump.stack.front().stack_pointer);
  const auto stack = view.at<std::uint32_t>(0x2028);
  CHECK(view.at<std::uint64_t>(stack) == dump.stack[1].address); // KeBugCheckEx returns there
  CHECK(view.text(view.at<std::uint32_t>(0x2070) + 0x10, 4) == "KDBG");
}
