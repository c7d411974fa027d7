// How a function keeps its frame, as an image's unwind tables tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace migstorm::pe {

// One thing that a prolog did, in the order in which it is undone.
struct UnwindStep {
  enum class Kind : std::uint8_t {
    push,          // one register
    allocate,      // `value` bytes
    set_frame,     // the frame register was set, `value` above the stack pointer
    save,          // one register, `value` above the frame's base
    save_pair,     // two registers that follow each other (ARM64)
    push_pair,     // the same, after the stack pointer was lowered by `value` (ARM64)
    machine_frame, // the processor pushed a frame; `value` is 8 with an error code, otherwise 0 (x64)
    saved_state,   // the state of what was interrupted lies at the stack pointer; `value` is its form (ARM64)
    nothing,       // without effect on what we follow
  };
  Kind kind{};
  std::uint8_t reg = 0;
  std::uint32_t value = 0;
  std::uint32_t offset = 0; // into the function, behind the instruction that did it
};

// What UnwindStep::saved_state finds.
enum class SavedState : std::uint32_t { machine_frame, context, trap_frame };

struct FunctionFrame {
  std::uint64_t begin = 0; // addresses
  std::uint64_t end = 0;
  std::uint32_t prolog_size = 0;
  std::optional<std::uint8_t> frame_register;
  std::uint32_t frame_offset = 0;
  std::vector<UnwindStep> steps;
  std::vector<UnwindStep> outer; // of the functions that this one is chained to: undone in full
};

enum class FunctionKind : std::uint8_t {
  described, // it has unwind data
  leaf,      // the image has a table, and the function is not in it: it moved nothing
  unknown,   // no module there, no table, or it is not in the dump
};

struct FunctionAt {
  FunctionKind kind = FunctionKind::unknown;
  FunctionFrame frame; // where described
};

} // namespace migstorm::pe
