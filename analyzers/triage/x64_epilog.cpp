// The only forms that the calling convention allows: add rsp or lea rsp, then pops, then ret or a jump out of
// the function.
#include "analyzers/triage/x64_epilog.hpp"

#include <vector>

namespace migstorm::triage {
namespace {

constexpr std::size_t kWindow = 64; // the longest epilog: lea, eight pops of two bytes, a jump through memory
constexpr std::size_t kPopsMax = 8;

class Epilog {
public:
  Epilog(Registers& registers, const FunctionFrame& function, const ReadMemory& memory)
      : registers_(registers), function_(function), memory_(memory) {}

  bool run(Bytes code) {
    code_ = code;
    const bool moved = free_locals();
    std::size_t pops = 0;
    while (pop()) {
      if (++pops > kPopsMax) {
        return false;
      }
    }
    return leaves(moved || pops > 0) && take_return();
  }

private:
  std::uint8_t at(std::size_t i) const {
    return at_ + i < code_.size() ? std::to_integer<std::uint8_t>(code_[at_ + i]) : std::uint8_t{0xcc};
  }

  std::int32_t signed_at(std::size_t i, std::size_t bytes) const {
    if (bytes == 1) {
      return static_cast<std::int8_t>(at(i));
    }
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      value |= static_cast<std::uint32_t>(at(i + k)) << (8 * k);
    }
    return static_cast<std::int32_t>(value);
  }

  bool free_locals() { return add_to_rsp() || load_rsp(); }

  bool add_to_rsp() { // 48 83 c4 ib, 48 81 c4 id
    if (at(0) != 0x48 || (at(1) != 0x83 && at(1) != 0x81) || at(2) != 0xc4) {
      return false;
    }
    const std::size_t width = at(1) == 0x83 ? 1 : 4;
    registers_.sp += static_cast<std::uint64_t>(std::int64_t{signed_at(3, width)});
    at_ += 3 + width;
    return true;
  }

  bool load_rsp() { // 48/49 8d /4 with disp8 or disp32 over the frame register
    if ((at(0) != 0x48 && at(0) != 0x49) || at(1) != 0x8d || (at(2) & 0x38) != 0x20) {
      return false;
    }
    const std::uint8_t mode = at(2) >> 6;
    const auto base = static_cast<std::uint8_t>((at(2) & 7) + (at(0) == 0x49 ? 8 : 0));
    const std::size_t sib = (at(2) & 7) == 4 ? 1 : 0;
    const std::optional<std::uint64_t> value = registers_.get(base);
    if ((mode != 1 && mode != 2) || function_.frame_register != base || !value) {
      return false;
    }
    const std::size_t width = mode == 1 ? 1 : 4;
    registers_.sp = *value + static_cast<std::uint64_t>(std::int64_t{signed_at(3 + sib, width)});
    at_ += 3 + sib + width;
    return true;
  }

  bool pop() { // 58+r, 41 58+r
    const std::size_t prefix = at(0) == 0x41 ? 1 : 0;
    if ((at(prefix) & 0xf8) != 0x58) {
      return false;
    }
    const std::size_t number = (at(prefix) & 7U) + 8 * prefix;
    const std::optional<std::uint64_t> value = read_le<std::uint64_t>(memory_, registers_.sp);
    if (!value || number == kX64Rsp) {
      return false;
    }
    registers_.set(number, *value);
    registers_.sp += 8;
    at_ += prefix + 1;
    return true;
  }

  // A jump ends an epilog only behind something that undid the frame: parts of one function jump among
  // themselves.
  bool leaves(bool undid) const {
    const bool returns = at(0) == 0xc3 || at(0) == 0xc2 || (at(0) == 0xf3 && at(1) == 0xc3);
    if (returns || !undid) {
      return returns;
    }
    if (at(0) == 0xeb || at(0) == 0xe9) {
      const std::size_t width = at(0) == 0xeb ? 1 : 4;
      const std::uint64_t next = registers_.ip + at_ + 1 + width;
      const std::uint64_t target = next + static_cast<std::uint64_t>(std::int64_t{signed_at(1, width)});
      return target < function_.begin || target >= function_.end;
    }
    const std::size_t prefix = (at(0) & 0xf0) == 0x40 ? 1 : 0;
    return at(prefix) == 0xff && (at(prefix + 1) & 0x38) == 0x20;
  }

  bool take_return() {
    const std::optional<std::uint64_t> ip = read_le<std::uint64_t>(memory_, registers_.sp);
    if (!ip) {
      return false;
    }
    registers_.ip = *ip;
    registers_.sp += 8;
    return true;
  }

  Registers& registers_;
  const FunctionFrame& function_;
  const ReadMemory& memory_;
  Bytes code_;
  std::size_t at_ = 0;
};

} // namespace

bool leave_by_epilog(Registers& registers, const FunctionFrame& function, const ReadMemory& memory,
                     CodeMap& code) {
  if (registers.ip < function.begin || registers.ip >= function.end) {
    return false;
  }
  const std::uint64_t left = function.end - registers.ip;
  std::vector<std::byte> bytes(left < kWindow ? static_cast<std::size_t>(left) : kWindow);
  if (!code.read_code(registers.ip, bytes)) {
    return false;
  }
  Registers trial = registers;
  if (!Epilog(trial, function, memory).run(bytes)) {
    return false;
  }
  registers = trial;
  return true;
}

} // namespace migstorm::triage
