#include "tests/make_dump/dump_view.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::make_dump;
using namespace migstorm::test;

namespace {

CrashFacts interrupted() {
  CrashFacts facts;
  facts.nmi = Bugcheck{0x80, {0x4f4454, 0, 0, 0}};
  return facts;
}

} // namespace

TEST_CASE("a machine that an interrupt stopped was idle, and says 0x80", "[make_dump]") {
  const auto dump = make_dump::make_dump(interrupted(), {});
  REQUIRE(dump);
  CHECK(dump->bugcheck.code == 0x80);
  CHECK(dump->bugcheck.parameters[0] == 0x4f4454);
  std::vector<std::string> functions;
  for (const LaidFrame& frame : dump->stack) {
    functions.push_back(frame.function);
  }
  CHECK(functions == std::vector<std::string>{"KeBugCheckEx", "KiBugCheckDispatch", "KiPageFault",
                                              "KiIdleLoop", "KiSystemStartup"});
  const DumpView view(dump->file);
  CHECK(view.at<std::uint32_t>(0x38) == 0x80); // the header's bugcheck
  CHECK(crash_bugcheck(interrupted())->code == 0x80);
}
