#include "tests/support/catch.hpp"
#include "tests/support/fake_code.hpp"

using namespace migstorm;
using namespace migstorm::triage;
using migstorm::test::FakeCode;
using migstorm::test::FakeStackMemory;

namespace {

constexpr std::uint64_t kCode = 0xfffff80012000000;
constexpr std::uint64_t kStack = 0xffffa70400001000;

Registers start_at(Machine machine, std::uint64_t ip, std::uint64_t sp) {
  Registers registers;
  registers.machine = machine;
  registers.ip = ip;
  registers.sp = sp;
  return registers;
}

} // namespace

TEST_CASE("without tables the stack is scanned, and its frames are marked", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000, false);
  memory.fill(kStack, kStack + 0x4000);
  memory.word(kStack + 0x40, kCode + 0x1234);
  memory.word(kStack + 0x90, kCode + 0x2345);
  const Stack stack = walk_stack(start_at(Machine::x64, kCode + 0x10, kStack), memory.reader(), code);
  REQUIRE(stack.frames.size() == 3);
  CHECK(stack.frames[1].source == FrameSource::scan);
  CHECK(stack.frames[1].ip == kCode + 0x1234);
  CHECK(stack.frames[1].sp == kStack + 0x48);
  CHECK(stack.frames[2].ip == kCode + 0x2345);
  CHECK(stack.end == "no return address found further up");
}

TEST_CASE("what no call stands before is no return address", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000, false);
  memory.fill(kStack, kStack + 0x4000);
  memory.word(kStack + 0x40, kCode + 0x1008);
  memory.word(kStack + 0x48, kCode + 0x2008);
  memory.word(kStack + 0x50, kCode + 0x3008);
  memory.word(kStack + 0x58, kCode + 0x4008);
  code.bytes(kCode + 0x1001, {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90});
  code.bytes(kCode + 0x2001, {0x90, 0x90, 0xe8, 1, 2, 3, 4});             // call rel32
  code.bytes(kCode + 0x3001, {0x90, 0xff, 0x15, 1, 2, 3, 4});             // call [rip+...]
  code.bytes(kCode + 0x4001, {0x90, 0x90, 0x90, 0x90, 0x41, 0xff, 0xd3}); // call r11
  const Stack stack = walk_stack(start_at(Machine::x64, kCode + 0x10, kStack), memory.reader(), code);
  REQUIRE(stack.frames.size() == 4);
  CHECK(stack.frames[1].ip == kCode + 0x2008);
  CHECK(stack.frames[2].ip == kCode + 0x3008);
  CHECK(stack.frames[3].ip == kCode + 0x4008);
}

TEST_CASE("a program's trap frame ends a scan, it is never a frame of the kernel", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000, false);
  memory.fill(kStack, kStack + 0x4000);
  memory.word(kStack, kCode + 0x1234);
  const std::uint64_t trap = kStack + 0x100;
  memory.word(trap + 0x20, kCode + 0x2345); // a leftover inside the frame
  memory.word(trap + 0x168, 0x7ffe7350d0c4);
  memory.word(trap + 0x170, 0x33);
  memory.word(trap + 0x178, 0x246);
  memory.word(trap + 0x180, 0x7d488fe9b8);
  memory.word(trap + 0x188, 0x2b);
  const Stack stack = walk_stack(start_at(Machine::x64, kCode + 0x10, kStack), memory.reader(), code);
  CHECK(stack.frames.size() == 2);
  CHECK(stack.end == "user mode");
}

TEST_CASE("a frame that the processor pushed is found without tables", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000, false);
  memory.fill(kStack, kStack + 0x6000);
  const std::uint64_t trap = kStack + 0x100;
  memory.word(trap + 0x158, 0xb9);
  memory.word(trap + 0x168, kCode + 0x2340);
  memory.word(trap + 0x170, 0x10);
  memory.word(trap + 0x178, 0x10246);
  memory.word(trap + 0x180, kStack + 0x400);
  memory.word(trap + 0x188, 0x18);
  const Stack stack = walk_stack(start_at(Machine::x64, kCode + 0x10, kStack), memory.reader(), code);
  REQUIRE(stack.frames.size() == 2);
  CHECK(stack.frames[1].source == FrameSource::machine_frame);
  CHECK(stack.frames[1].sp == kStack + 0x400);
  CHECK(stack.frames[1].trap_frame == trap);
}

TEST_CASE("scanning is bounded", "[triage][stack][hostile]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000, false);
  for (std::uint64_t at = 0; at < 0x4000; at += 8) {
    memory.word(kStack + at, kCode + 0x1000 + at);
  }
  const Stack stack = walk_stack(start_at(Machine::x64, kCode + 0x10, kStack), memory.reader(), code);
  CHECK(stack.frames.size() == 1 + kScannedFramesMax);
  const Stack nowhere = walk_stack(start_at(Machine::x64, 0, UINT64_MAX - 4), memory.reader(), code);
  CHECK(nowhere.frames.size() == 1);
}

TEST_CASE("a call through a null pointer is told by the return address on top", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000);
  memory.fill(kStack, kStack + 0x4000);
  memory.word(kStack, kCode + 0x1234);
  const Stack stack = walk_stack(start_at(Machine::x64, 0, kStack), memory.reader(), code);
  REQUIRE(stack.frames.size() >= 2);
  CHECK(stack.frames[1].ip == kCode + 0x1234);
}

TEST_CASE("x86 follows the frame pointers while they rise", "[triage][stack]") {
  constexpr std::uint32_t stack_at = 0x8a001000;
  constexpr std::uint32_t code_at = 0x82800000;
  FakeStackMemory memory;
  FakeCode code(code_at, code_at + 0x10000);
  memory.fill(stack_at, stack_at + 0x4000);
  memory.half(stack_at + 0x20, stack_at + 0x40);
  memory.half(stack_at + 0x24, code_at + 0x1100);
  memory.half(stack_at + 0x40, stack_at + 0x20); // falls: the chain is broken
  memory.half(stack_at + 0x44, code_at + 0x2200);
  Registers registers = start_at(Machine::x86, code_at + 0x10, stack_at);
  registers.set(kX64Rbp, stack_at + 0x20);
  const Stack stack = walk_stack(registers, memory.reader(), code);
  REQUIRE(stack.frames.size() == 3);
  CHECK(stack.frames[1].source == FrameSource::frame_pointer);
  CHECK(stack.frames[1].sp == stack_at + 0x28);
  CHECK(stack.frames[2].ip == code_at + 0x2200);
}

TEST_CASE("ARM64 follows unwind data, then frame records, and takes signatures off", "[triage][stack]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000);
  memory.fill(kStack, kStack + 0x4000);
  FunctionFrame& described = code.add(kCode + 0x1000, kCode + 0x1100);
  described.steps = {{UnwindStep::Kind::set_frame, 0, 0, 8},
                     {UnwindStep::Kind::push_pair, kArm64Fp, 0x20, 4}};
  memory.word(kStack + 0x40, kStack + 0x80);
  memory.word(kStack + 0x48, (kCode + 0x1080) & 0x00ffffffffffffff); // signed
  memory.word(kStack + 0x80, 0);
  memory.word(kStack + 0x88, 0);
  Registers registers = start_at(Machine::arm64, kCode + 0x1040, kStack);
  registers.set(kArm64Fp, kStack + 0x40);
  const Stack stack = walk_stack(registers, memory.reader(), code);
  REQUIRE(stack.frames.size() == 2);
  CHECK(stack.frames[1].source == FrameSource::unwind);
  CHECK(stack.frames[1].ip == kCode + 0x1080);
  CHECK(stack.frames[1].sp == kStack + 0x60);
  CHECK(stack.end == "the thread's first frame");
}
