// x86 has no unwind data: the chain of frame pointers, as long as it rises.
#include "analyzers/triage/stack.hpp"

namespace migstorm::triage {
namespace {

constexpr std::uint32_t kTrapMark = 0xbadb0d00; // KTRAP_FRAME.DbgArgMark

// A trap frame begins with copies of ebp and eip, so that it stands in the chain as a caller's frame would.
Step by_trap_frame(Registers& registers, std::uint64_t frame, std::uint32_t ebp, std::uint32_t eip,
                   const ReadMemory& memory) {
  const auto trap = read_trap_frame(Machine::x86, memory, frame);
  if (!trap || trap->registers.ip != eip || trap->registers.get(kX64Rbp) != ebp) {
    return {};
  }
  registers = trap->registers;
  return {trap->user_mode ? Step::Outcome::user_mode : Step::Outcome::stepped, FrameSource::machine_frame,
          false, frame};
}

} // namespace

Step step_x86(Registers& registers, const ReadMemory& memory) {
  const std::optional<std::uint64_t> frame = registers.get(kX64Rbp);
  if (!frame || *frame < registers.sp || *frame - registers.sp > kScanBytesMax || *frame % 4 != 0) {
    return {};
  }
  const auto outer = read_le<std::uint32_t>(memory, *frame);
  const auto ip = read_le<std::uint32_t>(memory, *frame + 4);
  if (!outer || !ip) {
    return {Step::Outcome::no_memory, {}, true, 0};
  }
  if (read_le<std::uint32_t>(memory, *frame + 8) == kTrapMark) {
    if (const Step step = by_trap_frame(registers, *frame, *outer, *ip, memory);
        step.outcome != Step::Outcome::no_rule) {
      return step;
    }
  }
  registers.ip = *ip;
  registers.sp = *frame + 8;
  registers.keep_preserved_only();
  registers.set(kX64Rbp, *outer);
  return {Step::Outcome::stepped, FrameSource::frame_pointer, true, 0};
}

} // namespace migstorm::triage
