// Packed entries and .xdata records of ARM64.
#include "analyzers/pe/unwind.hpp"

#include <algorithm>

namespace migstorm::pe {
namespace {

using Kind = UnwindStep::Kind;

constexpr std::uint8_t kX19 = 19;
constexpr std::uint8_t kFp = 29;
constexpr std::uint8_t kLr = 30;
constexpr std::uint32_t kInstruction = 4;

UnwindStep step(Kind kind, std::uint32_t value = 0, std::uint8_t reg = 0) { return {kind, reg, value, 0}; }

// The one prolog that a packed entry stands for.
class Packed {
public:
  explicit Packed(std::uint32_t word)
      : float_(bits(word, 13, 3)), integer_(bits(word, 16, 4)), homes_(bits(word, 20, 1) != 0),
        chain_(bits(word, 21, 2)), frame_(bits(word, 23, 9) * 16) {}

  // In the order in which they are undone.
  std::optional<std::vector<UnwindStep>> steps() {
    if (integer_ > 10 || saved() > frame_) {
      return std::nullopt;
    }
    instructions_ = chain_ == 3 ? 1 : 0; // pacibsp
    save_registers();
    enter_frame();
    std::reverse(steps_.begin(), steps_.end());
    return std::move(steps_);
  }

private:
  static std::uint32_t bits(std::uint32_t word, unsigned from, unsigned count) {
    return (word >> from) & ((1U << count) - 1);
  }
  bool links() const { return chain_ == 1; } // saves the link register beside the others
  std::uint32_t saved() const {
    const std::uint32_t integers = (integer_ + (links() ? 1 : 0)) * 8;
    const std::uint32_t floats = float_ == 0 ? 0 : (float_ + 1) * 8;
    return (integers + floats + (homes_ ? 64 : 0) + 15) / 16 * 16;
  }

  // Done by the instruction `later` from here.
  void did(Kind kind, std::uint32_t value, std::uint32_t reg, std::uint32_t later) {
    UnwindStep each = step(kind, value, static_cast<std::uint8_t>(reg));
    each.offset = (instructions_ + later + 1) * kInstruction;
    steps_.push_back(each);
  }

  // Two registers go with one instruction, and the first of them moves the stack pointer.
  void save_registers() {
    if (saved() > 0) {
      did(Kind::allocate, saved(), 0, 0);
    }
    for (std::uint32_t i = 0; i < integer_; ++i) {
      did(Kind::save, i * 8, kX19 + i, i / 2);
    }
    if (links()) {
      did(Kind::save, integer_ * 8, kLr, integer_ / 2);
    }
    instructions_ += (integer_ + (links() ? 1 : 0) + 1) / 2;
    instructions_ += float_ == 0 ? 0 : (float_ + 2) / 2;
    instructions_ += homes_ ? 4 : 0;
  }

  void enter_frame() {
    constexpr std::uint32_t kPreIndexMax = 512;
    constexpr std::uint32_t kImmediateMax = 4080;
    const std::uint32_t locals = frame_ - saved();
    if (chain_ >= 2 && locals <= kPreIndexMax) {
      did(Kind::push_pair, locals, kFp, 0);
      did(Kind::set_frame, 0, 0, 1);
      return;
    }
    if (locals > 0) {
      did(Kind::allocate, locals, 0, 0);
      instructions_ += locals > kImmediateMax ? 2 : 1;
    }
    if (chain_ >= 2) {
      did(Kind::save_pair, 0, kFp, 0);
      did(Kind::set_frame, 0, 0, 1);
    }
  }

  std::uint32_t float_;
  std::uint32_t integer_;
  bool homes_;
  std::uint32_t chain_;
  std::uint32_t frame_;
  std::uint32_t instructions_ = 0;
  std::vector<UnwindStep> steps_;
};

// The codes of an .xdata record, as bytes whose first says how many follow.
class Codes {
public:
  explicit Codes(Bytes bytes) : bytes_(bytes) {}

  // Nothing where a code is not known.
  std::optional<std::vector<UnwindStep>> steps() {
    while (at_ < bytes_.size()) {
      const std::uint32_t first = next();
      if (first == 0xe4 || first == 0xe5) { // end, end_c
        break;
      }
      if (!take(first)) {
        return std::nullopt;
      }
    }
    save_nexts();
    std::erase_if(steps_, [](const UnwindStep& each) { return each.kind == Kind::nothing; });
    return steps_;
  }

private:
  std::uint32_t next() { return at_ < bytes_.size() ? std::to_integer<std::uint32_t>(bytes_[at_++]) : 0; }
  std::uint32_t with_next(std::uint32_t first) { return first << 8 | next(); }

  void add(Kind kind, std::uint32_t value = 0, std::uint32_t reg = 0) {
    steps_.push_back(step(kind, value, static_cast<std::uint8_t>(reg)));
    places_.push_back(instructions_++);
  }

  // There before the first instruction.
  void add_state(SavedState state) {
    add(Kind::saved_state, static_cast<std::uint32_t>(state));
    --instructions_;
  }

  bool take(std::uint32_t first) {
    if (first < 0x20) { // alloc_s
      add(Kind::allocate, first * 16);
    } else if (first < 0x40) { // save_r19r20_x
      add(Kind::push_pair, (first & 31U) * 8, kX19);
    } else if (first < 0x80) { // save_fplr
      add(Kind::save_pair, (first & 63U) * 8, kFp);
    } else if (first < 0xc0) { // save_fplr_x
      add(Kind::push_pair, (first & 63U) * 8 + 8, kFp);
    } else if (first < 0xc8) { // alloc_m
      add(Kind::allocate, (with_next(first) & 0x7ffU) * 16);
    } else if (first < 0xe0) {
      return take_save(with_next(first));
    } else {
      return take_special(first);
    }
    return true;
  }

  // Two bytes: the operation, a register above x19 (or d8), an offset.
  bool take_save(std::uint32_t code) {
    const std::uint32_t offset = (code & 63U) * 8;
    const std::uint32_t reg = kX19 + ((code >> 6U) & 15U);
    if (code < 0xcc00) { // save_regp
      add(Kind::save_pair, offset, reg);
    } else if (code < 0xd000) { // save_regp_x
      add(Kind::push_pair, offset + 8, reg);
    } else if (code < 0xd400) { // save_reg
      add(Kind::save, offset, reg);
    } else if (code < 0xd600) { // save_reg_x
      add(Kind::push, (code & 31U) * 8 + 8, kX19 + ((code >> 5U) & 15U));
    } else if (code < 0xd800) { // save_lrpair
      add(Kind::save, offset + 8, kLr);
      --instructions_;
      add(Kind::save, offset, kX19 + 2 * ((code >> 6U) & 7U));
    } else if (code >= 0xdf00) { // reserved
      return false;
    } else {
      take_float(code);
    }
    return true;
  }

  void take_float(std::uint32_t code) {
    if (code >= 0xde00) { // save_freg_x
      add(Kind::allocate, (code & 31U) * 8 + 8);
    } else if (code >= 0xda00 && code < 0xdc00) { // save_fregp_x
      add(Kind::allocate, (code & 63U) * 8 + 8);
    } else { // save_fregp, save_freg
      add(Kind::nothing, 0, 1);
    }
  }

  // save_any_reg: 0pxrrrrr ffoooooo; pair, pre-indexed, register, class (general, D, Q), offset.
  bool take_any() {
    const std::uint32_t about = next();
    const std::uint32_t where = next();
    const bool pair = (about & 0x40U) != 0;
    const bool pushes = (about & 0x20U) != 0;
    const std::uint32_t reg = about & 31U;
    const std::uint32_t kind = where >> 6U;
    const std::uint32_t count = (where & 63U) + (pushes ? 1 : 0);
    const std::uint32_t offset = count * (pair || pushes || kind == 2 ? 16 : 8);
    if ((about & 0x80U) != 0 || kind == 3 || (kind == 0 && reg + (pair ? 1 : 0) > kLr)) {
      return false;
    }
    if (kind != 0) {
      add(pushes ? Kind::allocate : Kind::nothing, offset);
    } else if (pair) {
      add(pushes ? Kind::push_pair : Kind::save_pair, offset, reg);
    } else {
      add(pushes ? Kind::push : Kind::save, offset, reg);
    }
    return true;
  }

  bool take_special(std::uint32_t first) {
    switch (first) {
    case 0xe0: { // alloc_l
      const std::uint32_t high = with_next(0);
      const std::uint32_t middle = with_next(high);
      add(Kind::allocate, with_next(middle) * 16);
      return true;
    }
    case 0xe1: // set_fp
      add(Kind::set_frame);
      return true;
    case 0xe2: // add_fp
      add(Kind::set_frame, next() * 8);
      return true;
    case 0xe6: // save_next
      nexts_.push_back(steps_.size());
      add(Kind::nothing);
      return true;
    case 0xe7:
      return take_any();
    case 0xe8:
      add_state(SavedState::trap_frame);
      return true;
    case 0xe9:
      add_state(SavedState::machine_frame);
      return true;
    case 0xea:
      add_state(SavedState::context);
      return true;
    case 0xec: // clear_unwound_to_call: no instruction
      return true;
    case 0xe3: // nop
    case 0xfc: // pac_sign_lr
      add(Kind::nothing);
      return true;
    default:
      return false;
    }
  }

  // save_next is the pair behind the one that the next code saves (codes stand in the order of undoing).
  void save_nexts() {
    for (auto each = nexts_.rbegin(); each != nexts_.rend();
         ++each) { // NOLINT(modernize-loop-convert): backwards
      if (*each + 1 >= steps_.size()) {
        continue;
      }
      const UnwindStep& before = steps_[*each + 1];
      if (before.kind == Kind::save_pair) {
        steps_[*each] = step(Kind::save_pair, before.value + 16, static_cast<std::uint8_t>(before.reg + 2));
      } else if (before.kind == Kind::push_pair) {
        steps_[*each] = step(Kind::save_pair, 16, static_cast<std::uint8_t>(before.reg + 2));
      }
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      steps_[i].offset = (instructions_ - places_[i]) * kInstruction;
    }
  }

  Bytes bytes_;
  std::size_t at_ = 0;
  std::uint32_t instructions_ = 0;
  std::vector<UnwindStep> steps_;
  std::vector<std::uint32_t> places_; // instruction of each step, the prolog's last first
  std::vector<std::size_t> nexts_;
};

std::optional<FunctionFrame> describe_record(const ImageReader& read, const TableEntry& entry) {
  const auto header = read_le<std::uint32_t>(read, entry.unwind);
  if (!header || ((*header >> 18U) & 3U) != 0) { // a version that is not known
    return std::nullopt;
  }
  std::uint64_t at = std::uint64_t{entry.unwind} + 4;
  std::uint32_t epilogs = (*header >> 22U) & 31U;
  std::uint32_t words = *header >> 27U;
  if (epilogs == 0 && words == 0) {
    const auto more = read_le<std::uint32_t>(read, at);
    if (!more) {
      return std::nullopt;
    }
    epilogs = *more & 0xffffU;
    words = (*more >> 16U) & 0xffU;
    at += 4;
  }
  const bool one_epilog_in_header = ((*header >> 21U) & 1U) != 0;
  at += one_epilog_in_header ? 0 : std::uint64_t{epilogs} * 4;
  std::vector<std::byte> bytes(words * std::size_t{4});
  if (!read(at, bytes)) {
    return std::nullopt;
  }
  std::optional<std::vector<UnwindStep>> steps = Codes(bytes).steps();
  if (!steps) {
    return std::nullopt;
  }
  FunctionFrame frame;
  frame.begin = entry.begin;
  frame.end = frame.begin + std::uint64_t{*header & 0x3ffffU} * kInstruction;
  frame.steps = std::move(*steps);
  return frame;
}

} // namespace

std::optional<FunctionFrame> describe_arm64(const ImageReader& read, const TableEntry& entry) {
  const std::uint32_t flag = entry.unwind & 3U;
  if (flag == 0) {
    return describe_record(read, entry);
  }
  if (flag == 3) {
    return std::nullopt;
  }
  std::optional<std::vector<UnwindStep>> steps = Packed(entry.unwind).steps();
  if (!steps) {
    return std::nullopt;
  }
  FunctionFrame frame;
  frame.begin = entry.begin;
  frame.end = frame.begin + std::uint64_t{(entry.unwind >> 2U) & 0x7ffU} * kInstruction;
  frame.steps = std::move(*steps);
  if (flag == 2) { // a part of a function behind its prolog: all of it was done
    for (UnwindStep& each : frame.steps) {
      each.offset = 0;
    }
  }
  for (const UnwindStep& each : frame.steps) {
    frame.prolog_size = std::max(frame.prolog_size, each.offset);
  }
  return frame;
}

} // namespace migstorm::pe
