#include "analyzers/triage/stack.hpp"

#include <set>
#include <utility>

namespace migstorm::triage {
namespace {

class Walk {
public:
  Walk(const Registers& start, const ReadMemory& memory, CodeMap& code)
      : registers_(start), memory_(memory), code_(code) {}

  Stack run() {
    add({registers_.ip, registers_.sp, FrameSource::context, false, 0});
    while (stack_.end.empty()) {
      if (stack_.frames.size() >= kFramesMax) {
        stack_.end = "too many frames";
      } else {
        advance();
      }
    }
    return std::move(stack_);
  }

private:
  bool after_call() const { return stack_.frames.back().after_call; }

  Step step() {
    switch (registers_.machine) {
    case Machine::x64:
      return step_x64(registers_, after_call(), memory_, code_);
    case Machine::x86:
      return step_x86(registers_, memory_);
    case Machine::arm64:
      return step_arm64(registers_, after_call(), memory_, code_);
    }
    return {};
  }

  void advance() {
    const Registers before = registers_;
    Step taken = step();
    // A place that is no code was not a return address: the data that led there does not fit this stack.
    const bool astray = taken.outcome == Step::Outcome::stepped && !plausible(before, taken);
    if (taken.outcome == Step::Outcome::no_rule || astray) {
      if (astray && (registers_.ip == 0 || !is_kernel_address(registers_.machine, registers_.ip))) {
        stack_.end = registers_.ip == 0 ? "the thread's first frame" : "user mode";
        return;
      }
      registers_ = before;
      taken = scan(astray);
    }
    settle(taken);
  }

  bool plausible(const Registers& before, const Step& taken) {
    // The processor may have switched stacks at an interrupt; a call never does.
    const bool rises = registers_.sp > before.sp || taken.source == FrameSource::machine_frame ||
                       (registers_.machine == Machine::arm64 && registers_.sp == before.sp);
    return (rises || taken.source == FrameSource::unwind) && code_.may_be_code(registers_.ip);
  }

  Step scan(bool astray) {
    if (scanned_in_a_row_ >= kScannedFramesMax) {
      stack_.end = "too many frames without unwind data";
      return {};
    }
    // Behind a step that led astray the scan begins past the slot that misled it.
    registers_.sp += !astray ? 0 : registers_.machine == Machine::x86 ? 4 : 8;
    registers_.keep_preserved_only();
    Step found = scan_stack(registers_, memory_, code_);
    if (found.outcome == Step::Outcome::no_rule) {
      stack_.end = "no return address found further up";
    }
    return found;
  }

  void settle(const Step& taken) {
    switch (taken.outcome) {
    case Step::Outcome::stepped:
      add({registers_.ip, registers_.sp, taken.source, taken.after_call, taken.trap_frame});
      break;
    case Step::Outcome::no_memory:
      stack_.end = "the stack's memory is not in the dump from here on";
      break;
    case Step::Outcome::user_mode:
      stack_.end = "user mode";
      break;
    case Step::Outcome::no_rule:
      break; // scan() said why
    }
  }

  void add(const StackFrame& frame) {
    if (!seen_.emplace(frame.ip, frame.sp).second) {
      stack_.end = "the frames repeat";
      return;
    }
    scanned_in_a_row_ = frame.source == FrameSource::scan ? scanned_in_a_row_ + 1 : 0;
    stack_.frames.push_back(frame);
  }

  Registers registers_;
  const ReadMemory& memory_;
  CodeMap& code_;
  Stack stack_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
  std::size_t scanned_in_a_row_ = 0;
};

} // namespace

std::string_view to_string(FrameSource source) noexcept {
  switch (source) {
  case FrameSource::context:
    return "context";
  case FrameSource::unwind:
    return "unwind";
  case FrameSource::leaf:
    return "leaf";
  case FrameSource::frame_pointer:
    return "frame-pointer";
  case FrameSource::machine_frame:
    return "machine-frame";
  case FrameSource::scan:
    return "scan";
  }
  return "";
}

Stack walk_stack(const Registers& start, const ReadMemory& memory, CodeMap& code) {
  return Walk(start, memory, code).run();
}

} // namespace migstorm::triage
