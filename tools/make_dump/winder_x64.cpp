// x64: prologues as their unwind tables tell them.
#include "tools/make_dump/intel_winder.hpp"

#include <algorithm>

namespace migstorm::make_dump {

namespace {

enum UnwindOperation : unsigned {
  push_nonvolatile = 0,
  alloc_large = 1,
  alloc_small = 2,
  set_frame_register = 3,
  save_nonvolatile = 4,
  push_machine_frame = 10,
};

struct UnwindCode {
  unsigned operation = 0;
  unsigned info = 0;
  std::uint32_t operand = 0; // of the slots that follow
};

std::size_t slots_of(unsigned operation, unsigned info) {
  switch (operation) {
  case alloc_large:
    return info == 0 ? 2 : 3;
  case save_nonvolatile:
    return 2;
  default:
    return 1;
  }
}

// In the order in which the prologue runs, which is the reverse of the table's.
std::vector<UnwindCode> prologue(const Image& image, Rva unwind) {
  const auto memory = image.memory();
  assert((get<std::uint8_t>(memory, unwind) & 7U) == 1 && "our compiler writes version 1");
  const auto count = get<std::uint8_t>(memory, unwind + 2);
  std::vector<UnwindCode> codes;
  for (std::size_t i = 0; i < count;) {
    const Rva slot = unwind + 4 + static_cast<Rva>(2 * i);
    const auto byte = get<std::uint8_t>(memory, slot + 1);
    UnwindCode code{byte & 0xFU, static_cast<unsigned>(byte >> 4), 0};
    const std::size_t slots = slots_of(code.operation, code.info);
    if (slots == 2) {
      code.operand = get<std::uint16_t>(memory, slot + 2) * 8U;
    } else if (slots == 3) {
      code.operand = get<std::uint32_t>(memory, slot + 2);
    }
    codes.push_back(code);
    i += slots;
  }
  std::reverse(codes.begin(), codes.end());
  return codes;
}

class WinderX64 final : public IntelWinder {
public:
  WinderX64(Machine& machine, Address top) : IntelWinder(machine, top, 0x40) {} // home space

private:
  void pass_return(Address back) override { push(back); }
  Address trap_frame() const override { return stack(); }

  Address interrupt(Address rip, std::uint64_t error_code) override {
    constexpr std::uint64_t kKernelCode = 0x10;
    constexpr std::uint64_t kKernelStack = 0x18;
    const std::uint64_t interrupted = stack();
    stack() &= ~std::uint64_t{0xF};
    push(kKernelStack);
    push(interrupted);
    push(kFlagsX86 | 0x10000U); // the resume flag, as for every fault
    push(kKernelCode);
    push(rip);
    push(error_code);
    return 0;
  }

  void run_prologue() override {
    const Function entered = function();
    auto& general = registers_.general;
    const unsigned frame = get<std::uint8_t>(image_->memory(), entered.unwind + 3);
    std::vector<unsigned> saved;
    for (const UnwindCode& code : prologue(*image_, entered.unwind)) {
      switch (code.operation) {
      case push_nonvolatile:
        push(general[code.info]);
        saved.push_back(code.info);
        break;
      case alloc_large:
        general[rsp] -= code.operand;
        break;
      case alloc_small:
        general[rsp] -= code.info * 8 + 8;
        break;
      case set_frame_register:
        general[frame & 0xFU] = general[rsp] + (frame >> 4) * std::uint64_t{16};
        std::erase(saved, frame & 0xFU);
        break;
      case save_nonvolatile:
        space_.write<std::uint64_t>(general[rsp] + code.operand, general[code.info]);
        break;
      default:
        assert(code.operation == push_machine_frame); // the processor has done that
      }
    }
    for (const unsigned number : saved) { // a function saves what it is going to use
      general[number] = next_value();
    }
  }
};

} // namespace

std::unique_ptr<StackWinder> make_winder_x64(Machine& machine, Address top) {
  return std::make_unique<WinderX64>(machine, top);
}

} // namespace migstorm::make_dump
