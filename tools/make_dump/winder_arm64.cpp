// ARM64: prologues read from the code itself, so that the unwind tables are not believed twice.
#include "tools/make_dump/stack_winder.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kInstruction = 4;
constexpr std::uint64_t kTrapFrameSize = 0x150;

struct Fields {
  std::uint32_t word;

  std::uint32_t bits(unsigned from, unsigned count) const { return word >> from & ((1U << count) - 1); }
  std::int64_t offset(unsigned from, unsigned count) const { // signed
    const std::uint32_t value = bits(from, count);
    const std::uint32_t sign = 1U << (count - 1);
    return std::int64_t{value ^ sign} - std::int64_t{sign};
  }
  bool is(std::uint32_t mask, std::uint32_t value) const { return (word & mask) == value; }
};

class WinderArm64 : public StackWinder {
public:
  WinderArm64(Machine& machine, Address top) : StackWinder(machine.space, machine.shape) {
    stack() = top - 0x40;
    registers_.general[lr] = 0;
  }

  Address return_address(Address target) const override {
    const Function from = function();
    for (Rva at = from.begin; at < from.end; at += kInstruction) {
      const Fields code = instruction(at);
      const auto distance = static_cast<std::uint64_t>(code.offset(0, 26) * 4);
      if (code.is(0xFC000000, 0x94000000) && image_->base() + at + distance == target) { // bl
        return image_->base() + at + kInstruction;
      }
    }
    return after(0xFFFFFC1F, 0xD63F0000); // blr
  }
  Address after_wait() const override { return after(0xFFFFFFFF, 0xD503207F); } // wfi

private:
  Fields instruction(Rva at) const { return {get<std::uint32_t>(image_->memory(), at)}; }

  Address after(std::uint32_t mask, std::uint32_t value) const {
    const Function from = function();
    for (Rva at = from.begin; at < from.end; at += kInstruction) {
      if (instruction(at).is(mask, value)) {
        return image_->base() + at + kInstruction;
      }
    }
    assert(false && "the function has such an instruction");
    return 0;
  }

  void pass_return(Address back) override { registers_.general[lr] = back; }
  Address trap_frame() const override { return 0; } // made by the vector

  Address interrupt(Address, std::uint64_t) override {
    const std::uint64_t frame = stack() - kTrapFrameSize;
    stack() = frame;
    return frame;
  }

  void run_prologue() override {
    const Function entered = function();
    saved_.clear();
    for (Rva at = entered.begin; at < entered.end && run_instruction(instruction(at)); at += kInstruction) {
    }
    for (const unsigned number : saved_) { // a function saves what it is going to use
      registers_.general[number] = next_value();
    }
  }

  // Whether it is part of a prologue.
  bool run_instruction(const Fields& code) {
    if (code.is(0xFF0003FF, 0xD10003FF)) { // sub sp, sp, #
      stack() -= std::uint64_t{code.bits(10, 12)} << (code.bits(22, 1) * 12);
      return true;
    }
    if (code.is(0xFF8003FF, 0x910003FD)) { // add x29, sp, #: also mov x29, sp
      registers_.general[fp] = stack() + code.bits(10, 12);
      std::erase(saved_, unsigned{fp});
      return true;
    }
    if (code.is(0xFFC003E0, 0xA98003E0)) { // stp, pre-indexed
      stack() += static_cast<std::uint64_t>(code.offset(15, 7) * 8);
      return save(code, 0) && save_second(code, 8);
    }
    if (code.is(0xFFC003E0, 0xA90003E0)) { // stp
      const auto at = static_cast<std::uint64_t>(code.offset(15, 7) * 8);
      return save(code, at) && save_second(code, at + 8);
    }
    if (code.is(0xFFE00FE0, 0xF8000FE0)) { // str, pre-indexed
      stack() += static_cast<std::uint64_t>(code.offset(12, 9));
      return save(code, 0);
    }
    return code.is(0xFFC003E0, 0xF90003E0) && save(code, std::uint64_t{code.bits(10, 12)} * 8); // str
  }

  bool save(const Fields& code, std::uint64_t at) { return save_register(code.bits(0, 5), at); }
  bool save_second(const Fields& code, std::uint64_t at) { return save_register(code.bits(10, 5), at); }

  bool save_register(unsigned number, std::uint64_t at) {
    space_.write<std::uint64_t>(stack() + at, registers_.general[number]);
    if (number >= x19 && number <= fp) {
      saved_.push_back(number);
    }
    return true;
  }

  std::vector<unsigned> saved_;
};

} // namespace

std::unique_ptr<StackWinder> make_winder_arm64(Machine& machine, Address top) {
  return std::make_unique<WinderArm64>(machine, top);
}

} // namespace migstorm::make_dump
