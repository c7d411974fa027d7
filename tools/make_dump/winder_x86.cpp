// x86: prologues read from the code itself, for there are no tables.
#include "tools/make_dump/intel_winder.hpp"

namespace migstorm::make_dump {

namespace {

class WinderX86 final : public IntelWinder {
public:
  WinderX86(Machine& machine, Address top) : IntelWinder(machine, top, 0x20) {} // arguments

private:
  void pass_return(Address back) override {
    constexpr unsigned kArguments = 5; // as many as KeBugCheckEx takes
    stack() -= std::uint64_t{kArguments} * shape_.word;
    push(back);
  }
  Address trap_frame() const override { return registers_.general[rbp]; }

  // From kernel mode no stack pointer is pushed.
  Address interrupt(Address rip, std::uint64_t error_code) override {
    constexpr std::uint64_t kKernelCode = 0x8;
    push(kFlagsX86 | 0x10000U);
    push(kKernelCode);
    push(rip);
    push(error_code);
    return 0;
  }

  void run_prologue() override {
    const Function entered = function();
    for (Rva at = entered.begin; at < entered.end;) {
      const std::size_t length = run_instruction(at);
      if (length == 0) {
        return;
      }
      at += static_cast<Rva>(length);
    }
  }

  // Its length, 0 where it is not part of a prologue.
  std::size_t run_instruction(Rva at) {
    const auto memory = image_->memory();
    const auto first = get<std::uint8_t>(memory, at);
    const auto second = get<std::uint8_t>(memory, at + 1);
    auto& general = registers_.general;
    if ((first & 0xF8U) == 0x50 && (first & 7U) != rsp) { // push register
      push(general[first & 7U]);
      return 1;
    }
    if (first == 0x0F && second == 0xA0) { // push fs
      push(0x30);
      return 2;
    }
    if (first == 0x64 && second == 0xFF) { // push dword ptr fs:[0]
      push(0xFFFFFFFF);
      return 7;
    }
    if ((first == 0x89 && second == 0xE5) || (first == 0x8B && second == 0xEC)) { // mov ebp, esp
      general[rbp] = stack();
      return 2;
    }
    if (first == 0x83 && second == 0xEC) { // sub esp, 8 bits
      stack() -= get<std::uint8_t>(memory, at + 2);
      return 3;
    }
    if (first == 0x81 && second == 0xEC) { // sub esp, 32 bits
      stack() -= get<std::uint32_t>(memory, at + 2);
      return 6;
    }
    return 0;
  }
};

} // namespace

std::unique_ptr<StackWinder> make_winder_x86(Machine& machine, Address top) {
  return std::make_unique<WinderX86>(machine, top);
}

} // namespace migstorm::make_dump
