#include "harness/hyperv/bugcheck_text.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm::hyperv;

namespace {

constexpr std::string_view kCode =
    "0x000000d1 (0xfffff8a0018c2000, 0x0000000000000002, 0x0000000000000000, 0xfffff88001234567)";

} // namespace

TEST_CASE("a bugcheck is read from the insertion strings", "[bugcheck]") {
  const auto bugcheck = parse_bugcheck({kCode, "C:\\Windows\\MEMORY.DMP", "112514-23789-01"}, "");
  REQUIRE(bugcheck);
  CHECK(bugcheck->code == 0xd1);
  CHECK(bugcheck->parameters == std::array<std::uint64_t, 4>{0xfffff8a0018c2000, 2, 0, 0xfffff88001234567});
  CHECK(bugcheck->dump_path == "C:\\Windows\\MEMORY.DMP");
}

TEST_CASE("a bugcheck is read from a message in any language", "[bugcheck]") {
  const std::string message =
      "Der Computer wurde nach einem schwerwiegenden Fehler neu gestartet. Der Fehlercode war: " +
      std::string(kCode) +
      ". Ein volles Abbild wurde gespeichert in: D:\\My Dumps\\Minidump\\112514-1.dmp. "
      "Berichts-ID: 112514-1.";
  const auto bugcheck = parse_bugcheck({}, message);
  REQUIRE(bugcheck);
  CHECK(bugcheck->code == 0xd1);
  CHECK(bugcheck->dump_path == "D:\\My Dumps\\Minidump\\112514-1.dmp");
}

TEST_CASE("dump paths on shares and behind variables are recognised", "[bugcheck]") {
  CHECK(parse_bugcheck({kCode, "%SystemRoot%\\MEMORY.DMP"}, "")->dump_path == "%SystemRoot%\\MEMORY.DMP");
  CHECK(parse_bugcheck({kCode, "\\\\nas\\dumps\\a.dmp"}, "")->dump_path == "\\\\nas\\dumps\\a.dmp");
  CHECK(parse_bugcheck({kCode}, "").value().dump_path.empty());
}

TEST_CASE("the mark of a minidump is taken off the code", "[bugcheck]") {
  CHECK(parse_bugcheck({"0x100000d1 (0x1, 0x2, 0x3, 0x4)"}, "")->code == 0xd1);
  CHECK(parse_bugcheck({"0x1000007E (0xFFFFFFFFC0000005, 0x2,0x3 ,0x4)"}, "")->code == 0x7e);
  CHECK(parse_bugcheck({"0xdeaddead (0x1, 0x2, 0x3, 0x4)"}, "")->code == 0xdeaddead);
}

TEST_CASE("another event 1001 is no bugcheck", "[bugcheck][hostile]") {
  CHECK_FALSE(parse_bugcheck({}, ""));
  CHECK_FALSE(parse_bugcheck({"Fault bucket 0x000000d1", "type 0"}, "0x"));
  CHECK_FALSE(parse_bugcheck({"0x000000d1 (0x1, 0x2, 0x3)"}, ""));
  CHECK_FALSE(parse_bugcheck({"0x000000d1 (0x1, 0x2, 0x3, 0x4"}, ""));
  CHECK_FALSE(parse_bugcheck({"0x1000000d1 (0x1, 0x2, 0x3, 0x4)"}, ""));
  CHECK_FALSE(parse_bugcheck({"0xd1 (0x1, 0x2, 0x3, 0x11112222333344445)"}, ""));
}

TEST_CASE("a huge message is searched in bounded time", "[bugcheck][hostile]") {
  CHECK_FALSE(parse_bugcheck({}, std::string(1 << 20, '0')));
}
