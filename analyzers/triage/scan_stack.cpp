// Where tables end: values on the stack that can be return addresses. A guess, bounded, and marked as such.
#include "analyzers/triage/stack.hpp"

#include <algorithm>

namespace migstorm::triage {
namespace {

constexpr std::size_t kCallBytesMax = 7; // the longest call: REX, opcode, SIB and a 32-bit displacement

bool is_indirect_call(Bytes before, std::size_t length) {
  if (length > before.size()) {
    return false;
  }
  const auto at = [&before, length](std::size_t i) {
    return std::to_integer<std::uint8_t>(before[before.size() - length + i]);
  };
  const std::size_t prefix = (at(0) & 0xf0) == 0x40 ? 1 : 0;
  if (length < prefix + 2 || at(prefix) != 0xff || (at(prefix + 1) & 0x38) != 0x10) {
    return false;
  }
  const std::uint8_t mode = at(prefix + 1) >> 6;
  const std::uint8_t rm = at(prefix + 1) & 7;
  std::size_t size = prefix + 2 + (mode != 3 && rm == 4 ? 1 : 0);
  size += mode == 1 ? 1 : 0;
  size += mode == 2 || (mode == 0 && rm == 5) ? 4 : 0;
  return size == length;
}

// A return address has a call before it. Code that is not in the dump cannot speak against it.
bool may_follow_call(Machine machine, std::uint64_t address, CodeMap& code) {
  if (machine == Machine::arm64) {
    std::array<std::byte, 4> bytes{};
    if (address % 4 != 0 || !code.read_code(address - 4, bytes)) {
      return address % 4 == 0;
    }
    const auto word = ByteReader(bytes, "instruction").le<std::uint32_t>();
    return (word & 0xfc000000U) == 0x94000000U ||
           (word & 0xfffff000U) == 0xd63f0000U; // bl, blr and its signed forms
  }
  std::array<std::byte, kCallBytesMax> before{};
  if (!code.read_code(address - before.size(), before)) {
    return true;
  }
  if (before[2] == std::byte{0xe8}) { // call rel32
    return true;
  }
  for (std::size_t length = 2; length <= before.size(); ++length) {
    if (is_indirect_call(before, length)) {
      return true;
    }
  }
  return false;
}

// The five values that the processor pushes: rip, cs, eflags, rsp, ss.
struct Pushed {
  std::uint64_t ip = 0;
  std::uint64_t sp = 0;
  bool user = false;
};

std::optional<Pushed> pushed_at(std::uint64_t address, const ReadMemory& memory) {
  constexpr std::uint64_t kAlwaysSet = 2; // of the flags
  constexpr std::uint64_t kFlagsMax = 0x3fffff;
  std::array<std::byte, 40> bytes{};
  if (!memory(address, bytes)) {
    return std::nullopt;
  }
  ByteReader in(bytes, "stack");
  Pushed out;
  out.ip = in.le<std::uint64_t>();
  const auto cs = in.le<std::uint64_t>();
  const auto flags = in.le<std::uint64_t>();
  out.sp = in.le<std::uint64_t>();
  const auto ss = in.le<std::uint64_t>();
  out.user = cs == 0x33 || cs == 0x23;
  const bool selectors = out.user ? ss == 0x2b : cs == 0x10 && (ss == 0x18 || ss == 0);
  const bool half = is_kernel_address(Machine::x64, out.ip) != out.user &&
                    is_kernel_address(Machine::x64, out.sp) != out.user;
  return selectors && half && (flags & kAlwaysSet) != 0 && flags <= kFlagsMax ? std::optional(out)
                                                                              : std::nullopt;
}

Step take_pushed(Registers& registers, std::uint64_t at, const Pushed& pushed, const ReadMemory& memory) {
  const std::uint64_t frame = at - kX64TrapFrameRip;
  if (const std::optional<TrapFrame> trap = read_trap_frame(Machine::x64, memory, frame)) {
    registers = trap->registers;
  }
  registers.ip = pushed.ip;
  registers.sp = pushed.sp;
  registers.keep_preserved_only();
  return {pushed.user ? Step::Outcome::user_mode : Step::Outcome::stepped, FrameSource::machine_frame, false,
          frame};
}

// A program's frame that the kernel was entered by: nothing above its start is a return address any more.
std::uint64_t end_of_kernel_frames(std::uint64_t from, std::uint64_t to, const ReadMemory& memory) {
  for (std::uint64_t at = from; at < to; at += 8) {
    const std::optional<Pushed> pushed = pushed_at(at, memory);
    if (pushed && pushed->user) {
      return std::max(from, at - kX64TrapFrameRip);
    }
  }
  return to;
}

} // namespace

Step scan_stack(Registers& registers, const ReadMemory& memory, CodeMap& code) {
  const std::uint64_t word = registers.machine == Machine::x86 ? 4 : 8;
  const std::uint64_t from = (registers.sp + word - 1) / word * word;
  const bool x64 = registers.machine == Machine::x64;
  const std::uint64_t to = from + kScanBytesMax;
  const std::uint64_t end = x64 ? end_of_kernel_frames(from, to, memory) : to;
  if (to < from) {
    return {};
  }
  for (std::uint64_t at = from; at < end; at += word) {
    const auto value = word == 4 ? std::optional<std::uint64_t>(read_le<std::uint32_t>(memory, at))
                                 : read_le<std::uint64_t>(memory, at);
    if (!value) {
      return {Step::Outcome::no_memory, {}, true, 0};
    }
    if (!code.may_be_code(*value)) {
      continue;
    }
    if (const std::optional<Pushed> pushed = x64 ? pushed_at(at, memory) : std::nullopt;
        pushed && pushed->sp > at) {
      return take_pushed(registers, at, *pushed, memory);
    }
    if (may_follow_call(registers.machine, *value, code)) {
      registers.ip = *value;
      registers.sp = at + word;
      return {Step::Outcome::stepped, FrameSource::scan, true, 0};
    }
  }
  return end < to ? Step{Step::Outcome::user_mode, {}, false, 0} : Step{};
}

} // namespace migstorm::triage
