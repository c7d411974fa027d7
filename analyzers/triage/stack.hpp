// Walks a kernel stack from a set of registers to its end.
//
// Every frame says how it was found; frames that were only scanned for are guesses and say so.
#pragma once

#include "analyzers/triage/code_map.hpp"
#include "analyzers/triage/registers.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::triage {

inline constexpr std::size_t kFramesMax = 256;
inline constexpr std::size_t kScannedFramesMax = 16; // in a row
inline constexpr std::uint64_t kScanBytesMax = 0x3000;

enum class FrameSource : std::uint8_t {
  context,       // the registers that the walk started from
  unwind,        // the caller's unwind data
  leaf,          // a function without unwind data that moved nothing
  frame_pointer, // the chain of frame pointers
  machine_frame, // interrupted: the processor itself kept the place
  scan,          // a value on the stack that looks like a return address
};
std::string_view to_string(FrameSource source) noexcept;

struct StackFrame {
  std::uint64_t ip = 0;
  std::uint64_t sp = 0; // while the frame's function runs, behind what its callees popped
  FrameSource source{};
  bool after_call = false;      // ip is a return address: the call is the instruction before it
  std::uint64_t trap_frame = 0; // machine_frame: where its KTRAP_FRAME begins; 0: not known
};

struct Stack {
  std::vector<StackFrame> frames;
  std::string end; // why the walk ended
};

// Looks the function up where the call was, not behind it: a call may be its function's last instruction.
inline std::uint64_t lookup_address(const StackFrame& frame) noexcept {
  return frame.after_call ? frame.ip - 1 : frame.ip;
}

Stack walk_stack(const Registers& start, const ReadMemory& memory, CodeMap& code);

// One step: what the walk itself is made of. Each changes `registers` into the caller's, or says no.
struct Step {
  enum class Outcome : std::uint8_t {
    stepped,
    no_rule,   // nothing known about the function: scan
    no_memory, // the stack's bytes are not there
    user_mode, // interrupted a program; the stack ends here
  };
  Outcome outcome = Outcome::no_rule;
  FrameSource source{};
  bool after_call = true;
  std::uint64_t trap_frame = 0;
};

Step step_x64(Registers& registers, bool after_call, const ReadMemory& memory, CodeMap& code);
Step step_x86(Registers& registers, const ReadMemory& memory);
Step step_arm64(Registers& registers, bool after_call, const ReadMemory& memory, CodeMap& code);

// Finds the next value from `registers.sp` up that can be a return address, or a frame that the processor
// pushed.
Step scan_stack(Registers& registers, const ReadMemory& memory, CodeMap& code);

} // namespace migstorm::triage
