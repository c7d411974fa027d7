// ARM64: unwind data where there is some, otherwise the chain of frame records that the convention asks for.
#include "analyzers/triage/stack.hpp"

namespace migstorm::triage {
namespace {

using pe::SavedState;
using Kind = UnwindStep::Kind;

// Return addresses may be signed in their upper bits: bit 55 tells the half of the address space.
std::uint64_t without_signature(std::uint64_t address) {
  constexpr std::uint64_t kUpper = 0xffff000000000000;
  return (address & (std::uint64_t{1} << 55)) != 0 ? address | kUpper : address & ~kUpper;
}

bool restore(Registers& registers, std::size_t reg, std::uint64_t from, const ReadMemory& memory) {
  const std::optional<std::uint64_t> value = read_le<std::uint64_t>(memory, from);
  if (value) {
    registers.set(reg, *value);
  }
  return value.has_value();
}

struct Interrupted {
  bool user_mode = false;
  std::uint64_t trap_frame = 0; // 0: saved in another form
};

// What was interrupted, from the record at the stack pointer. The registers that are not in it stay: codes
// that stand before this one have restored them.
std::optional<Interrupted> resume(Registers& registers, SavedState form, const ReadMemory& memory) {
  if (form == SavedState::trap_frame) {
    const std::uint64_t at = registers.sp;
    const auto trap = read_trap_frame(Machine::arm64, memory, at);
    if (!trap) {
      return std::nullopt;
    }
    for (std::size_t reg = 0; reg < Registers::kCount; ++reg) {
      if (const auto value = trap->registers.get(reg)) {
        registers.set(reg, *value);
      }
    }
    registers.ip = trap->registers.ip;
    registers.sp = trap->registers.sp;
    return Interrupted{trap->user_mode, at};
  }
  if (form == SavedState::context) {
    const auto context = read_context(Machine::arm64, memory, registers.sp);
    if (context) {
      registers = *context;
    }
    return context ? std::optional(Interrupted{}) : std::nullopt;
  }
  const auto sp = read_le<std::uint64_t>(memory, registers.sp);
  const auto ip = read_le<std::uint64_t>(memory, registers.sp + 8);
  if (!sp || !ip) {
    return std::nullopt;
  }
  registers.sp = *sp;
  registers.ip = *ip;
  return Interrupted{};
}

bool undo(Registers& registers, const UnwindStep& step, const ReadMemory& memory) {
  const std::uint64_t pair_at = registers.sp + (step.kind == Kind::save_pair ? step.value : 0);
  switch (step.kind) {
  case Kind::allocate:
    registers.sp += step.value;
    return true;
  case Kind::set_frame:
    if (const std::optional<std::uint64_t> frame = registers.get(kArm64Fp)) {
      registers.sp = *frame - step.value;
      return true;
    }
    return false;
  case Kind::save:
    return restore(registers, step.reg, registers.sp + step.value, memory);
  case Kind::push: {
    const bool there = restore(registers, step.reg, registers.sp, memory);
    registers.sp += step.value;
    return there;
  }
  case Kind::save_pair:
  case Kind::push_pair: {
    const bool there = restore(registers, step.reg, pair_at, memory) &&
                       restore(registers, step.reg + std::size_t{1}, pair_at + 8, memory);
    registers.sp += step.kind == Kind::push_pair ? step.value : 0;
    return there;
  }
  case Kind::machine_frame:
  case Kind::saved_state:
  case Kind::nothing:
    return true;
  }
  return false;
}

Step by_link(Registers& registers, FrameSource source) {
  const std::optional<std::uint64_t> link = registers.get(kArm64Lr);
  if (!link) {
    return {};
  }
  registers.ip = without_signature(*link);
  registers.keep_preserved_only(); // the link register is the caller's own business now
  return {Step::Outcome::stepped, source, true, 0};
}

Step by_frame_record(Registers& registers, const ReadMemory& memory) {
  const std::optional<std::uint64_t> frame = registers.get(kArm64Fp);
  if (!frame || *frame < registers.sp || *frame - registers.sp > kScanBytesMax || *frame % 8 != 0) {
    return {};
  }
  Registers trial = registers;
  if (!restore(trial, kArm64Fp, *frame, memory) || !restore(trial, kArm64Lr, *frame + 8, memory)) {
    return {Step::Outcome::no_memory, {}, true, 0};
  }
  trial.sp = *frame + 16;
  const Step step = by_link(trial, FrameSource::frame_pointer);
  registers = trial;
  return step;
}

Step by_steps(Registers& registers, const FunctionFrame& frame, const ReadMemory& memory) {
  const std::uint64_t done = registers.ip - frame.begin;
  for (const UnwindStep& step : frame.steps) {
    if (step.offset > done) {
      continue;
    }
    if (step.kind == Kind::saved_state) {
      const auto found = resume(registers, static_cast<SavedState>(step.value), memory);
      return !found ? Step{Step::Outcome::no_memory, {}, true, 0}
                    : Step{found->user_mode ? Step::Outcome::user_mode : Step::Outcome::stepped,
                           FrameSource::machine_frame, false, found->trap_frame};
    }
    if (!undo(registers, step, memory)) {
      return {Step::Outcome::no_memory, {}, true, 0};
    }
  }
  return by_link(registers, FrameSource::unwind);
}

} // namespace

Step step_arm64(Registers& registers, bool after_call, const ReadMemory& memory, CodeMap& code) {
  const FunctionAt function = code.function_at(after_call ? registers.ip - 4 : registers.ip);
  if (function.kind == FunctionKind::leaf && !after_call) {
    return by_link(registers, FrameSource::leaf);
  }
  if (function.kind != FunctionKind::described) {
    return by_frame_record(registers, memory);
  }
  Registers trial = registers;
  const Step step = by_steps(trial, function.frame, memory);
  if (step.outcome == Step::Outcome::stepped) {
    registers = trial;
  }
  return step;
}

} // namespace migstorm::triage
