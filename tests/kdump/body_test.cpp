#include "analyzers/kdump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;
using Catch::Contains;

namespace {

std::string all_warnings(const Dump& dump) {
  std::string out;
  for (const std::string& warning : dump.warnings()) {
    out += warning + '\n';
  }
  return out;
}

// What a dump of machine_with_modules() must give, however it is laid out.
void check_modules(const Image& image) {
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(all_warnings(*dump).empty());
  CHECK(dump->missing_bytes() == 0);
  REQUIRE(dump->modules().size() == 2);
  CHECK(dump->modules()[0].name == "ntoskrnl.exe");
  CHECK(dump->modules()[1].name == "storvsc.sys");
  CHECK(dump->modules()[1].path == "\\SystemRoot\\system32\\storvsc.sys");
  CHECK(dump->modules()[1].size == 0x5000);
  CHECK(dump->modules()[1].checksum == 0xc0ffee);
}

FakeMachine x64() { return machine_with_modules(PagingMode::x64_4_level); }

} // namespace

TEST_CASE("memory is found in every kind of body", "[body]") {
  const auto mode = GENERATE(PagingMode::x64_4_level, PagingMode::x64_5_level, PagingMode::arm64,
                             PagingMode::x86, PagingMode::x86_pae);
  CAPTURE(to_string(mode));
  const FakeMachine machine = machine_with_modules(mode);
  SECTION("runs") { check_modules(full_dump(machine)); }
  SECTION("bitmap, full") { check_modules(bitmap_dump(machine, 5)); }
  SECTION("bitmap, kernel") { check_modules(bitmap_dump(machine, 6)); }
  SECTION("bitmap, automatic") { check_modules(bitmap_dump(machine, 7)); }
  SECTION("legacy bitmap") { check_modules(legacy_bitmap_dump(machine)); }
  SECTION("kernel ranges") { check_modules(range_dump(machine, 8)); }
  SECTION("kernel and user ranges") { check_modules(range_dump(machine, 9)); }
  SECTION("complete ranges") { check_modules(range_dump(machine, 10)); }
}

TEST_CASE("every page that a bitmap names is found where it lies", "[body]") {
  FakeMachine machine(PagingMode::x64_4_level);
  // Pages on both sides of every border that the rank index has.
  for (const std::uint64_t pfn :
       {0x7ull, 0x8ull, 0xfffull, 0x1000ull, 0x1001ull, 0x1fffull, 0x20000ull, 0x20fffull}) {
    Image mark;
    put64(mark, 0, pfn);
    machine.write_physical(pfn * kPageSize, mark);
  }
  const Image image = bitmap_dump(machine);
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  for (const auto& [pfn, page] : machine.pages()) {
    CAPTURE(pfn);
    Image got(kPageSize);
    REQUIRE(dump->memory().read_physical(pfn * kPageSize, got) == Presence::present);
    CHECK(got == page);
  }
  for (const std::uint64_t pfn : {0x6ull, 0x9ull, 0xffeull, 0x1002ull, 0x20ffeull, 0x21000ull, 1ull << 40}) {
    CAPTURE(pfn);
    Image got(8);
    CHECK(dump->memory().read_physical(pfn * kPageSize, got) == Presence::not_in_dump);
  }
}

TEST_CASE("a dump that is cut off is read as far as it goes, and says how much is missing",
          "[body][hostile]") {
  Image image = GENERATE(full_dump(x64()), bitmap_dump(x64()), legacy_bitmap_dump(x64()), range_dump(x64()));
  const std::size_t whole = image.size();
  image.resize(whole - 0x1000); // the last page: the second module's entry
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->missing_bytes() == 0x1000);
  CHECK_THAT(all_warnings(*dump), Contains("4096 bytes are missing"));
  CHECK_THAT(all_warnings(*dump), Contains("breaks off"));
  REQUIRE(dump->modules().size() == 1);
  CHECK(dump->modules()[0].name == "ntoskrnl.exe");
}

TEST_CASE("a file of a header alone gives the bugcheck and the whole body as missing", "[body][hostile]") {
  Image image = GENERATE(full_dump(x64()), bitmap_dump(x64()), range_dump(x64()));
  image.resize(0x2000);
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->header().bugcheck_code == 0xd1);
  CHECK(dump->modules().empty());
  CHECK(dump->memory().presence(kListHead64) == Presence::not_in_dump);
  CHECK_FALSE(dump->warnings().empty());
}

TEST_CASE("type 3 has no memory and misses nothing", "[body]") {
  const Image image = header_of(x64(), 3);
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->missing_bytes() == 0);
  CHECK(dump->warnings().empty());
  CHECK(dump->memory().presence(0x28) == Presence::not_in_dump);
}

TEST_CASE("a bitmap header that lies is not believed", "[body][hostile]") {
  Image image = bitmap_dump(x64());
  std::string expected;
  SECTION("mark") {
    put_text(image, 0x2000, "XDMP");
    expected = "no page bitmap";
  }
  SECTION("bits without end") {
    put64(image, 0x2030, ~0ull);
    expected = "makes no sense";
  }
  SECTION("pages inside the bitmap") {
    put64(image, 0x2020, 0x2038);
    expected = "makes no sense";
  }
  SECTION("more pages than bits") {
    put64(image, 0x2028, 1ull << 30);
    expected = "makes no sense";
  }
  SECTION("another number of pages") {
    put64(image, 0x2028, 3);
    expected = "its header says 3";
  }
  SECTION("a bitmap longer than the file") {
    put64(image, 0x2030, 1ull << 31);
    put64(image, 0x2020, 1ull << 30);
    expected = "ends inside its page bitmap";
  }
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK_THAT(all_warnings(*dump), Contains(expected));
}

TEST_CASE("a range table that lies is bounded by the file and the page total", "[body][hostile]") {
  Image image = range_dump(x64(), GENERATE(8u, 10u));
  SECTION("its size overruns the table") { put64(image, 0x2010, 1ull << 60); }
  SECTION("its first page lies beyond anything") { put64(image, 0x2018, ~0ull); }
  SECTION("its first page lies before the table") { put64(image, 0x2018, 0x2000); }
  SECTION("a range wraps") { put64(image, 0x2038, ~0ull); }
  SECTION("a total without end") { put64(image, 0x2028, ~0ull); }
  SECTION("no mark") { put_text(image, 0x2004, "SDMP"); }
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK(dump->header().bugcheck_code == 0xd1);
  CHECK(dump->modules().size() <= 2);
}

TEST_CASE("runs that overlap or do not add up are told", "[body][hostile]") {
  Image image = full_dump(x64());
  put64(image, 0x90, 99);
  SpanSource source(image);
  const auto dump = Dump::open(source);
  REQUIRE(dump);
  CHECK_THAT(all_warnings(*dump), Contains("its total says 99"));
  CHECK(dump->modules().size() == 2);
}
