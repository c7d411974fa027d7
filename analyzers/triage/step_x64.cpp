// x64: undo what the prolog did, as far as it had come.
#include "analyzers/triage/stack.hpp"
#include "analyzers/triage/x64_epilog.hpp"

namespace migstorm::triage {
namespace {

using Kind = UnwindStep::Kind;

class Undo {
public:
  Undo(Registers& registers, const FunctionFrame& function, const ReadMemory& memory)
      : registers_(registers), function_(function), memory_(memory) {}

  // `done` is how far into the function the processor had come.
  Step run(std::uint64_t done) {
    if (!find_base(done)) {
      return {Step::Outcome::no_memory, {}, true, 0};
    }
    for (const UnwindStep& step : function_.steps) {
      if (step.offset <= done && !apply(step)) {
        return failed();
      }
    }
    for (const UnwindStep& step : function_.outer) {
      if (!apply(step)) {
        return failed();
      }
    }
    return interrupted_ ? by_machine_frame() : by_return();
  }

private:
  // Registers were saved relative to the stack pointer behind the prolog, or to the frame register once it
  // was set.
  bool find_base(std::uint64_t done) {
    base_ = registers_.sp;
    if (!function_.frame_register) {
      return true;
    }
    bool set = done >= function_.prolog_size || !function_.outer.empty();
    for (const UnwindStep& step : function_.steps) {
      set = set || (step.kind == Kind::set_frame && step.offset <= done);
    }
    const std::optional<std::uint64_t> frame = registers_.get(*function_.frame_register);
    if (set && frame) {
      base_ = *frame - function_.frame_offset;
    }
    return !set || frame.has_value();
  }

  bool apply(const UnwindStep& step) {
    switch (step.kind) {
    case Kind::push:
      return restore(step.reg, registers_.sp, 8);
    case Kind::allocate:
      registers_.sp += step.value;
      return true;
    case Kind::set_frame:
      registers_.sp = base_;
      return true;
    case Kind::save:
      return restore(step.reg, base_ + step.value, 0);
    case Kind::machine_frame:
      interrupted_ = true;
      machine_frame_ = registers_.sp + step.value;
      return true;
    case Kind::save_pair:
    case Kind::push_pair:
    case Kind::saved_state:
    case Kind::nothing:
      return true;
    }
    return true;
  }

  bool restore(std::uint8_t reg, std::uint64_t from, std::uint64_t pop) {
    const std::optional<std::uint64_t> value = read_le<std::uint64_t>(memory_, from);
    if (!value) {
      return false;
    }
    registers_.set(reg, *value);
    registers_.sp += pop;
    return true;
  }

  Step by_return() {
    const std::optional<std::uint64_t> ip = read_le<std::uint64_t>(memory_, registers_.sp);
    if (!ip) {
      return failed();
    }
    registers_.ip = *ip;
    registers_.sp += 8;
    registers_.keep_preserved_only();
    return {Step::Outcome::stepped, FrameSource::unwind, true, 0};
  }

  // rip, cs, eflags, rsp, ss: the interrupted place is exact, and the stack may be another one from here on.
  Step by_machine_frame() {
    const auto ip = read_le<std::uint64_t>(memory_, machine_frame_);
    const auto cs = read_le<std::uint16_t>(memory_, machine_frame_ + 8);
    const auto sp = read_le<std::uint64_t>(memory_, machine_frame_ + 24);
    if (!ip || !cs || !sp) {
      return failed();
    }
    registers_.ip = *ip;
    registers_.sp = *sp;
    const bool user = (*cs & 3) != 0;
    return {user ? Step::Outcome::user_mode : Step::Outcome::stepped, FrameSource::machine_frame, false,
            machine_frame_ - kX64TrapFrameRip};
  }

  static Step failed() { return {Step::Outcome::no_memory, {}, true, 0}; }

  Registers& registers_;
  const FunctionFrame& function_;
  const ReadMemory& memory_;
  std::uint64_t base_ = 0;
  std::uint64_t machine_frame_ = 0;
  bool interrupted_ = false;
};

Step step_leaf(Registers& registers, const ReadMemory& memory) {
  const std::optional<std::uint64_t> ip = read_le<std::uint64_t>(memory, registers.sp);
  if (!ip) {
    return {Step::Outcome::no_memory, {}, true, 0};
  }
  registers.ip = *ip;
  registers.sp += 8;
  registers.keep_preserved_only();
  return {Step::Outcome::stepped, FrameSource::leaf, true, 0};
}

} // namespace

Step step_x64(Registers& registers, bool after_call, const ReadMemory& memory, CodeMap& code) {
  const std::uint64_t at = after_call ? registers.ip - 1 : registers.ip;
  const FunctionAt function = code.function_at(at);
  if (function.kind == FunctionKind::unknown) {
    return {};
  }
  if (function.kind == FunctionKind::leaf) {
    return step_leaf(registers, memory);
  }
  if (!after_call && leave_by_epilog(registers, function.frame, memory, code)) {
    registers.keep_preserved_only();
    return {Step::Outcome::stepped, FrameSource::unwind, true, 0};
  }
  Registers trial = registers;
  // Behind a call the processor had come to the return address, which may lie past the function's end.
  const Step step = Undo(trial, function.frame, memory).run(registers.ip - function.frame.begin);
  if (step.outcome == Step::Outcome::stepped || step.outcome == Step::Outcome::user_mode) {
    registers = trial;
  }
  return step;
}

} // namespace migstorm::triage
