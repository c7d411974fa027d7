#include "analyzers/triage/bugcheck.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm::triage;

TEST_CASE("every documented bugcheck has its name", "[triage][bugcheck]") {
  CHECK(bugcheck_name_count() >= 390);
  CHECK(bugcheck_name(0x1) == "APC_INDEX_MISMATCH");
  CHECK(bugcheck_name(0xd1) == "DRIVER_IRQL_NOT_LESS_OR_EQUAL");
  CHECK(bugcheck_name(0x20001) == "HYPERVISOR_ERROR");
  CHECK(bugcheck_name(0xdeaddead) == "MANUALLY_INITIATED_CRASH1");
  CHECK(bugcheck_name(0x12345).empty());
}

TEST_CASE("the mark of a small dump is taken off a code, and nothing else is", "[triage][bugcheck]") {
  CHECK(plain_code(0x1000007e) == 0x7e);
  CHECK(plain_code(0xdeaddead) == 0xdeaddead);
  CHECK(plain_code(0xc000021a) == 0xc000021a);
}

TEST_CASE("a signature has the access where the bugcheck tells it", "[triage][bugcheck]") {
  CHECK(signature_head(0, {}).empty());
  CHECK(signature_head(0xd1, {0x10, 2, 0, 0}) == "0xd1|read");
  CHECK(signature_head(0xd1, {0x10, 2, 1, 0}) == "0xd1|write");
  CHECK(signature_head(0xa, {0x10, 2, 8, 0}) == "0xa|execute");
  CHECK(signature_head(0x50, {0x10, 0, 0, 0}) == "0x50|read");
  CHECK(signature_head(0x50, {0x10, 2, 0, 0}) == "0x50|write");
  CHECK(signature_head(0x50, {0x10, 0x10, 0, 0}) == "0x50|execute");
  CHECK(signature_head(0x100000d1, {0, 2, 0, 0}) == "0xd1|read");
  CHECK(signature_head(0x7e, {1, 2, 3, 4}) == "0x7e");
}
