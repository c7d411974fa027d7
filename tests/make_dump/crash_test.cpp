#include "tests/make_dump/dump_view.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::make_dump;
using namespace migstorm::test;

TEST_CASE("the stack goes from KeBugCheckEx through the storage callback to the start of the system",
          "[make_dump]") {
  const CrashDump dump = small_dump(Kind::full);
  std::vector<std::string> functions;
  for (const LaidFrame& frame : dump.stack) {
    functions.push_back(frame.function);
  }
  CHECK(functions == std::vector<std::string>{"KeBugCheckEx", "KiBugCheckDispatch", "KiPageFault",
                                              "StorChannelVmbusCallback", "VmbusChannelDpc",
                                              "KiExecuteAllDpcs", "KiRetireDpcList", "KiIdleLoop",
                                              "KiSystemStartup"});
}

TEST_CASE("each frame's return address lies where its callee's frame ends", "[make_dump]") {
  const CrashDump dump = small_dump(Kind::full);
  const DumpView view(dump.file);
  for (std::size_t i = 1; i < dump.stack.size(); ++i) {
    const LaidFrame& frame = dump.stack[i];
    CAPTURE(frame.function);
    if (frame.function != "StorChannelVmbusCallback") { // it was stopped, it did not call
      CHECK(view.le<std::uint64_t>(frame.stack_pointer - 8) == frame.address);
    }
  }
}

TEST_CASE("the trap frame holds the fault: where, and with a null ring in the register it read from",
          "[make_dump]") {
  const CrashDump dump = small_dump(Kind::full);
  const DumpView view(dump.file);
  const LaidFrame& handler = dump.stack[2];
  const LaidFrame& fault = dump.stack[3];
  const std::uint64_t frame = handler.stack_pointer;
  CHECK(view.le<std::uint64_t>(frame + 0x168) == fault.address);
  CHECK(view.le<std::uint64_t>(frame + 0x180) == fault.stack_pointer);
  CHECK(view.le<std::uint64_t>(frame + 0xD0) == 0x28U);
  CHECK(view.le<std::uint64_t>(frame + 0x30) == 0U); // rax, which `mov rdi, [rax+28h]` reads from
  CHECK(view.le<std::uint32_t>(fault.address) == 0x28788B48U);
  CHECK_FALSE(view.physical(0x28, view.at<std::uint64_t>(0x10)));
}

TEST_CASE("every processor has its context and an idle thread", "[make_dump]") {
  CrashFacts facts;
  facts.processors = 4;
  const auto dump = make_dump::make_dump(facts, {});
  REQUIRE(dump);
  const DumpView view(dump->file);
  CHECK(view.at<std::uint32_t>(0x34) == 4);
  const auto block = view.at<std::uint64_t>(0x80);
  const auto table = view.le<std::uint64_t>(block + 0x218).value();
  for (std::uint64_t number = 0; number < 4; ++number) {
    const auto prcb = view.le<std::uint64_t>(table + 8 * number).value();
    CHECK(view.le<std::uint32_t>(prcb + 0x24) == number);
    const auto context = view.le<std::uint64_t>(prcb + 0x85C0).value();
    CHECK(view.le<std::uint64_t>(context + 0xF8).value() / 0x10000 == dump->modules[0].base / 0x10000);
  }
}

TEST_CASE("the same facts give the same bytes, another seed another place", "[make_dump]") {
  const CrashDump one = small_dump(Kind::bitmap_kernel);
  const CrashDump same = small_dump(Kind::bitmap_kernel);
  REQUIRE(one.file.size() == same.file.size());
  CHECK(one.file.read(0, one.file.size()) == same.file.read(0, same.file.size()));
  CrashFacts facts;
  facts.seed = 2;
  const auto other = make_dump::make_dump(facts, {});
  REQUIRE(other);
  CHECK(other->modules[2].base != one.modules[2].base);
}

TEST_CASE("a guest's events and its dump tell the same bugcheck", "[make_dump]") {
  CrashFacts facts;
  facts.seed = 77;
  const auto told = crash_bugcheck(facts);
  const auto dump = make_dump::make_dump(facts, {});
  REQUIRE(told);
  REQUIRE(dump);
  CHECK(told->code == dump->bugcheck.code);
  CHECK(told->parameters == dump->bugcheck.parameters);
}

TEST_CASE("facts out of bounds are refused in words", "[make_dump][hostile]") {
  CrashFacts facts;
  facts.memory = 1 << 20;
  CHECK(make_dump::make_dump(facts, {}).error().detail ==
        "memory of 1048576 bytes: from 16 MiB to 1 TiB in whole MiB");
  facts.memory = (64ULL << 20) + 5;
  CHECK_FALSE(make_dump::make_dump(facts, {}));
  facts.memory = 2ULL << 40;
  CHECK_FALSE(make_dump::make_dump(facts, {}));
  facts = {};
  facts.processors = 65;
  CHECK(make_dump::make_dump(facts, {}).error().detail == "65 processors: from 1 to 64");
  facts.processors = 0;
  CHECK_FALSE(make_dump::make_dump(facts, {}));
}
