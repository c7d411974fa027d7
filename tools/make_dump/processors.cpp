// Per-processor data: the one that crashed, and the others, which idle.
#include "tools/make_dump/layout.hpp"
#include "tools/make_dump/stack_winder.hpp"

namespace migstorm::make_dump {

namespace {

constexpr Address kOtherProcessors = 0xFFFFB38000000000;
constexpr std::uint64_t kOtherSpacing = 0x100000;
constexpr std::uint64_t kOtherStack = 0x80000; // of the spacing
constexpr std::uint64_t kOtherContext = 0x40000;
constexpr std::uint64_t kOtherThread = 0x42000;

void lay_processor(Machine& machine, std::uint32_t number, Address pcr, Address context, Address thread) {
  AddressSpace& space = machine.space;
  const Address prcb = pcr + layout::kPcrPrcb;
  space.write<std::uint64_t>(pcr + layout::kPcrSelf, pcr);
  space.write<std::uint64_t>(pcr + layout::kPcrCurrentPrcb, prcb);
  space.write<std::uint64_t>(prcb + layout::kPrcbCurrentThread, thread);
  space.write<std::uint64_t>(prcb + layout::kPrcbIdleThread, thread);
  space.write<std::uint32_t>(prcb + layout::kPrcbNumber, number);
  space.write<std::uint64_t>(prcb + layout::kPrcbControlRegisters, 0x80050031);
  space.write<std::uint64_t>(prcb + layout::kPrcbControlRegisters + 0x10, machine.space.root());
  space.write<std::uint64_t>(prcb + layout::kPrcbControlRegisters + 0x18, 0x6F8);
  space.write<std::uint64_t>(prcb + layout::kPrcbContext, context);
  space.write(prcb + layout::kPrcbStateContext, space.read(context, 0x4D0));
  space.write<std::uint64_t>(machine.symbol("KiProcessorBlock") + 8ULL * number, prcb);
}

// Halted in the idle loop: at the instruction after its `hlt`.
Registers idle_registers(Machine& machine, Address top) {
  constexpr std::uint8_t kHalt = 0xF4;
  const Image& kernel = machine.kernel();
  StackWinder winder(machine.space, top);
  winder.enter(kernel, "KiSystemStartup");
  winder.call(kernel, "KiIdleLoop");
  Rva at = kernel.symbol("KiIdleLoop");
  while (get<std::uint8_t>(kernel.memory(), at) != kHalt) {
    ++at;
  }
  winder.stop(kernel.base() + at + 1);
  return winder.registers();
}

void lay_other(Machine& machine, std::uint32_t number) {
  const Address pcr = kOtherProcessors + number * kOtherSpacing;
  const Address thread = pcr + kOtherThread;
  AddressSpace& space = machine.space;
  space.map_new(pcr, round_up(layout::kPcrPrcb + layout::kPrcbSize, kPageSize));
  space.map_new(pcr + kOtherContext, kPageSize);
  space.map_new(thread, kPageSize);
  space.map_new(pcr + kOtherStack, 2 * kPageSize);
  space.write(thread, space.read(machine.symbol("KiInitialThread"), layout::kThreadSize));
  const Address top = pcr + kOtherStack + 2 * kPageSize;
  space.write<std::uint64_t>(thread + layout::kThreadInitialStack, top);
  space.write<std::uint64_t>(thread + layout::kThreadStackLimit, pcr + kOtherStack);
  space.write<std::uint64_t>(thread + layout::kThreadStackBase, top);
  space.write(pcr + kOtherContext, context_record(idle_registers(machine, top)));
  lay_processor(machine, number, pcr, pcr + kOtherContext, thread);
}

} // namespace

Bytes context_record(const Registers& registers) {
  Bytes out(0x4D0);
  put<std::uint32_t>(out, 0x30, 0x10001F);
  put<std::uint32_t>(out, 0x34, 0x1F80);
  constexpr std::array<std::uint16_t, 6> kSegments = {0x10, 0x2B, 0x2B,
                                                      0x53, 0x2B, 0x18}; // cs ds es fs gs ss
  for (std::size_t i = 0; i < kSegments.size(); ++i) {
    put<std::uint16_t>(out, 0x38 + 2 * i, kSegments[i]);
  }
  put<std::uint32_t>(out, 0x44, registers.flags);
  for (std::size_t i = 0; i < registers.general.size();
       ++i) { // rax rcx rdx rbx rsp rbp rsi rdi r8..r15, as here
    put<std::uint64_t>(out, 0x78 + 8 * i, registers.general[i]);
  }
  put<std::uint64_t>(out, 0xF8, registers.rip);
  return out;
}

void lay_processors(Machine& machine) {
  const Address thread = machine.symbol("KiInitialThread");
  machine.space.write<std::uint64_t>(thread + layout::kThreadKernelStack, machine.at_bugcheck.general[rsp]);
  const Address context = machine.symbol("KiInitialContext");
  machine.space.write(context, context_record(machine.at_bugcheck));
  lay_processor(machine, 0, machine.symbol("KiInitialPCR"), context, thread);
  for (std::uint32_t number = 1; number < machine.facts.processors; ++number) {
    lay_other(machine, number);
  }
}

} // namespace migstorm::make_dump
