#include "tests/support/catch.hpp"
#include "tests/support/fake_code.hpp"

using namespace migstorm;
using namespace migstorm::triage;
using migstorm::test::FakeCode;
using migstorm::test::FakeStackMemory;
using Kind = UnwindStep::Kind;

namespace {

constexpr std::uint64_t kCode = 0xfffff80012000000;
constexpr std::uint64_t kStack = 0xffffa70400001000;
constexpr std::uint8_t kRbx = 3;
constexpr std::uint8_t kRbp = 5;

// Callee at kCode + 0x1000 with a prolog of push rbx; sub rsp, 0x20; its caller moved nothing.
struct Machine1 {
  FakeStackMemory memory;
  FakeCode code{kCode, kCode + 0x10000};
  Registers registers;

  Machine1() {
    registers.machine = Machine::x64;
    registers.ip = kCode + 0x1010;
    registers.sp = kStack;
    registers.set(kRbx, 1);
    FunctionFrame& callee = code.add(kCode + 0x1000, kCode + 0x1080);
    callee.prolog_size = 5;
    callee.steps = {{Kind::allocate, 0, 0x20, 5}, {Kind::push, kRbx, 0, 1}};
    FunctionFrame& caller = code.add(kCode + 0x2000, kCode + 0x2080);
    caller.prolog_size = 4;
    caller.steps = {{Kind::allocate, 0, 0x28, 4}};
    memory.fill(kStack, kStack + 0x1000);
    memory.word(kStack + 0x20, 0xb0b);          // rbx of the caller
    memory.word(kStack + 0x28, kCode + 0x2040); // return into the caller
    memory.word(kStack + 0x30 + 0x28, 0);       // and from there to nowhere
  }

  Stack walk() { return walk_stack(registers, memory.reader(), code); }
};

} // namespace

TEST_CASE("a prolog is undone, and the caller's registers come back", "[triage][stack]") {
  Machine1 machine;
  const ReadMemory memory = machine.memory.reader();
  const Step step = step_x64(machine.registers, false, memory, machine.code);
  CHECK(step.outcome == Step::Outcome::stepped);
  CHECK(step.source == FrameSource::unwind);
  CHECK(machine.registers.ip == kCode + 0x2040);
  CHECK(machine.registers.sp == kStack + 0x30);
  CHECK(machine.registers.get(kRbx) == 0xb0b);
}

TEST_CASE("a walk ends at the thread's first frame", "[triage][stack]") {
  const Stack stack = Machine1().walk();
  REQUIRE(stack.frames.size() == 2);
  CHECK(stack.frames[0].source == FrameSource::context);
  CHECK_FALSE(stack.frames[0].after_call);
  CHECK(stack.frames[1].after_call);
  CHECK(stack.end == "the thread's first frame");
}

TEST_CASE("only what the prolog has done so far is undone", "[triage][stack]") {
  Machine1 machine;
  machine.registers.ip = kCode + 0x1001; // rbx is pushed, nothing is allocated
  machine.registers.sp = kStack + 0x20;
  CHECK(machine.walk().frames.at(1).ip == kCode + 0x2040);
  machine.registers.ip = kCode + 0x1000; // not even that
  machine.registers.sp = kStack + 0x28;
  CHECK(machine.walk().frames.at(1).ip == kCode + 0x2040);
}

TEST_CASE("an epilog is simulated from where it stands", "[triage][stack]") {
  Machine1 machine;
  machine.code.bytes(kCode + 0x1070, {0x48, 0x83, 0xc4, 0x20, 0x5b, 0xc3}); // add rsp, 20h; pop rbx; ret
  machine.code.bytes(kCode + 0x1076, {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc});
  struct At {
    std::uint64_t ip;
    std::uint64_t sp;
  };
  const At at = GENERATE(At{0x1070, 0}, At{0x1074, 0x20}, At{0x1075, 0x28});
  machine.registers.ip = kCode + at.ip;
  machine.registers.sp = kStack + at.sp;
  const Stack stack = machine.walk();
  REQUIRE(stack.frames.size() == 2);
  CHECK(stack.frames[1].ip == kCode + 0x2040);
  CHECK(stack.frames[1].sp == kStack + 0x30);
}

TEST_CASE("a jump within the function is no epilog, one out of it is", "[triage][stack]") {
  Machine1 machine;
  machine.code.bytes(kCode + 0x1074,
                     {0x5b, 0xe9, 0, 0, 1, 0, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc}); // pop rbx; jmp far off
  machine.registers.ip = kCode + 0x1074;
  machine.registers.sp = kStack + 0x20;
  CHECK(machine.walk().frames.at(1).sp == kStack + 0x30);
  machine.code.bytes(kCode + 0x1074, {0x5b, 0xeb, 0xf0}); // pop rbx; jmp back into the function
  const ReadMemory memory = machine.memory.reader();
  Registers registers = machine.registers;
  (void)step_x64(registers, false, memory, machine.code);
  CHECK(registers.sp != kStack + 0x30); // undone by the tables instead
}

TEST_CASE("a leaf function has its return address on top of the stack", "[triage][stack]") {
  Machine1 machine;
  machine.registers.ip = kCode + 0x5000;
  machine.registers.sp = kStack + 0x28;
  const Stack stack = machine.walk();
  REQUIRE(stack.frames.size() == 2);
  CHECK(stack.frames[1].source == FrameSource::leaf);
}

TEST_CASE("a frame register overrules the stack pointer once it is set", "[triage][stack]") {
  Machine1 machine;
  FunctionFrame& framed = machine.code.add(kCode + 0x3000, kCode + 0x3080);
  framed.prolog_size = 0x10;
  framed.frame_register = kRbp;
  framed.frame_offset = 0x80;
  framed.steps = {{Kind::save, kRbx, 0x10, 0x10},
                  {Kind::set_frame, kRbp, 0x80, 0xc},
                  {Kind::allocate, 0, 0x158, 5},
                  {Kind::push, kRbp, 0, 1}};
  machine.registers.ip = kCode + 0x3040;
  machine.registers.sp = kStack - 0x500; // below the frame: alloca
  machine.registers.set(kRbp, kStack + 0x80);
  machine.memory.word(kStack + 0x10, 0xb0b);
  machine.memory.word(kStack + 0x158, 0xbb);
  machine.memory.word(kStack + 0x160, kCode + 0x2040);
  const ReadMemory memory = machine.memory.reader();
  Registers registers = machine.registers;
  REQUIRE(step_x64(registers, false, memory, machine.code).outcome == Step::Outcome::stepped);
  CHECK(registers.ip == kCode + 0x2040);
  CHECK(registers.sp == kStack + 0x168);
  CHECK(registers.get(kRbx) == 0xb0b);
  CHECK(registers.get(kRbp) == 0xbb);
}

TEST_CASE("a chained part undoes its function in full", "[triage][stack]") {
  Machine1 machine;
  FunctionFrame& part = machine.code.add(kCode + 0x4000, kCode + 0x4020);
  part.steps = {};
  part.outer = {{Kind::allocate, 0, 0x20, 5}, {Kind::push, kRbx, 0, 1}};
  machine.registers.ip = kCode + 0x4000;
  CHECK(machine.walk().frames.at(1).ip == kCode + 0x2040);
}

TEST_CASE("an interrupted place is exact, whatever stack it was on", "[triage][stack]") {
  const std::uint64_t other = kStack + 0x800;
  const std::uint64_t cs = GENERATE(0x10U, 0x33U);
  Machine1 machine;
  FunctionFrame& trap = machine.code.add(kCode + 0x6000, kCode + 0x6080);
  trap.steps = {{Kind::allocate, 0, 0x158, 2}, {Kind::push, kRbp, 0, 1}, {Kind::machine_frame, 0, 8, 0}};
  machine.registers.ip = kCode + 0x6040;
  machine.registers.sp = other;
  machine.memory.word(other + 0x158, 0xbb);
  machine.memory.word(other + 0x168, kCode + 0x1010);
  machine.memory.word(other + 0x170, cs);
  machine.memory.word(other + 0x178, 0x246);
  machine.memory.word(other + 0x180, kStack);
  machine.memory.word(other + 0x188, 0x18);
  const Stack stack = machine.walk();
  if (cs == 0x33) { // a program: the kernel's stack ends
    CHECK(stack.frames.size() == 1);
    CHECK(stack.end == "user mode");
    return;
  }
  REQUIRE(stack.frames.size() == 3);
  CHECK(stack.frames[1].source == FrameSource::machine_frame);
  CHECK_FALSE(stack.frames[1].after_call);
  CHECK(stack.frames[1].ip == kCode + 0x1010);
  CHECK(stack.frames[1].sp == kStack);
  CHECK(stack.frames[1].trap_frame == other);
  CHECK(stack.frames[2].ip == kCode + 0x2040);
}

TEST_CASE("memory that is not in the dump ends the walk and says so", "[triage][stack]") {
  Machine1 machine;
  machine.registers.sp = kStack + 0x5000;
  const Stack stack = machine.walk();
  CHECK(stack.frames.size() == 1);
  CHECK(stack.end.find("not in the dump") != std::string::npos);
}

TEST_CASE("a stack that runs in a ring ends", "[triage][stack][hostile]") {
  Machine1 machine;
  FunctionFrame& ring = machine.code.add(kCode + 0x7000, kCode + 0x7080);
  ring.frame_register = kRbp;
  ring.steps = {{Kind::set_frame, kRbp, 0, 0}};
  machine.registers.ip = kCode + 0x7040;
  machine.registers.set(kRbp, kStack);
  machine.memory.word(kStack, kCode + 0x7040);
  const Stack stack = machine.walk();
  CHECK(stack.frames.size() <= kFramesMax);
  CHECK(stack.end == "the frames repeat");
}

TEST_CASE("a walk that never ends by itself is ended", "[triage][stack][hostile]") {
  FakeStackMemory memory;
  FakeCode code(kCode, kCode + 0x10000);
  for (std::uint64_t at = kStack; at < kStack + 0x2000; at += 8) {
    memory.word(at, kCode + 0x5000); // leaves, all the way down
  }
  Registers registers;
  registers.machine = Machine::x64;
  registers.ip = kCode + 0x5000;
  registers.sp = kStack;
  const Stack stack = walk_stack(registers, memory.reader(), code);
  CHECK(stack.frames.size() == kFramesMax);
  CHECK(stack.end == "too many frames");
}
