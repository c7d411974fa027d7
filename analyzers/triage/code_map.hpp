// What a stack walk asks about code: which module an address lies in, how its function keeps its frame, its
// bytes.
//
// A port, so that walks are tested over made-up machines; the real one looks into the dump and, where that
// has no pages of an image, into the symbol store.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace migstorm::triage {

// One thing that a prolog did, in the order in which it is undone.
struct UnwindStep {
  enum class Kind : std::uint8_t {
    push,          // one register
    allocate,      // `value` bytes
    set_frame,     // the frame register was set, `value` above the stack pointer
    save,          // one register, `value` above the frame's base
    save_pair,     // two registers that follow each other (ARM64)
    push_pair,     // the same, after the stack pointer was lowered by `value` (ARM64)
    machine_frame, // the processor pushed a frame; `value` is 8 with an error code, otherwise 0
    nothing,       // without effect on what we follow
  };
  Kind kind{};
  std::uint8_t reg = 0;
  std::uint32_t value = 0;
  std::uint32_t offset = 0; // into the function, behind the instruction that did it
};

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

class CodeMap {
public:
  CodeMap() = default;
  CodeMap(const CodeMap&) = delete;
  CodeMap& operator=(const CodeMap&) = delete;
  virtual ~CodeMap() = default;

  virtual FunctionAt function_at(std::uint64_t address) = 0;
  // Whether code can lie there: inside a module, behind its headers.
  virtual bool may_be_code(std::uint64_t address) = 0;
  // True when all of `out` was there.
  virtual bool read_code(std::uint64_t address, std::span<std::byte> out) = 0;
};

} // namespace migstorm::triage
