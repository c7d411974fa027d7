// Per-processor data: the one that crashed, and the others, which idle.
#include "tools/make_dump/stack_winder.hpp"

#include <memory>

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kOtherSpacing = 0x100000;
constexpr std::uint64_t kOtherStack = 0x80000; // of the spacing
constexpr std::uint64_t kOtherContext = 0x40000;
constexpr std::uint64_t kOtherThread = 0x42000;

void lay_processor(Machine& machine, std::uint32_t number, Address pcr, Address context, Address thread,
                   const Bytes& context_bytes) {
  AddressSpace& space = machine.space;
  const KernelLayout& layout = machine.shape.kernel;
  const unsigned word = machine.shape.word;
  const Address prcb = pcr + layout.pcr_prcb;
  space.write_word(pcr + layout.pcr_self, pcr);
  space.write_word(pcr + layout.pcr_current_prcb, prcb);
  space.write_word(prcb + layout.prcb_current_thread, thread);
  space.write_word(prcb + layout.prcb_idle_thread, thread);
  space.write<std::uint32_t>(prcb + layout.prcb_number, number);
  space.write_word(prcb + layout.prcb_control_registers, 0x80050031);
  space.write_word(prcb + layout.prcb_control_registers + 2 * word, machine.space.root());
  space.write_word(prcb + layout.prcb_control_registers + 3 * word, 0x6F8);
  space.write_word(prcb + layout.prcb_context, context);
  space.write(context, context_bytes);
  space.write(prcb + layout.prcb_state_context, context_bytes);
  space.write_word(machine.symbol("KiProcessorBlock") + std::uint64_t{word} * number, prcb);
}

// Halted in the idle loop: at the instruction after the one that waits.
Registers idle_registers(Machine& machine, Address top) {
  const Image& kernel = machine.kernel();
  const std::unique_ptr<StackWinder> winder = make_winder(machine, top);
  winder->enter(kernel, "KiSystemStartup");
  winder->call(kernel, "KiIdleLoop");
  winder->stop(winder->after_wait());
  return winder->registers();
}

void lay_other(Machine& machine, std::uint32_t number) {
  const KernelLayout& layout = machine.shape.kernel;
  const Address pcr = machine.shape.regions.processors + number * kOtherSpacing;
  const Address thread = pcr + kOtherThread;
  AddressSpace& space = machine.space;
  space.map_new(pcr, round_up(layout.pcr_prcb + layout.prcb_size, kPageSize));
  space.map_new(pcr + kOtherContext, kPageSize);
  space.map_new(thread, kPageSize);
  space.map_new(pcr + kOtherStack, 2 * kPageSize);
  space.write(thread, space.read(machine.symbol("KiInitialThread"), layout.thread_size));
  const Address top = pcr + kOtherStack + 2 * kPageSize;
  space.write_word(thread + layout.thread_initial_stack, top);
  space.write_word(thread + layout.thread_stack_limit, pcr + kOtherStack);
  space.write_word(thread + layout.thread_stack_base, top);
  const Bytes context = context_record(machine.facts.architecture, idle_registers(machine, top));
  lay_processor(machine, number, pcr, pcr + kOtherContext, thread, context);
}

} // namespace

void lay_processors(Machine& machine) {
  const KernelLayout& layout = machine.shape.kernel;
  const Address thread = machine.symbol("KiInitialThread");
  machine.space.write_word(thread + layout.thread_kernel_stack, machine.stopped_at());
  const Address context = machine.symbol("KiInitialContext");
  lay_processor(machine, 0, machine.symbol("KiInitialPCR"), context, thread,
                context_record(machine.facts.architecture, machine.at_bugcheck));
  for (std::uint32_t number = 1; number < machine.facts.processors; ++number) {
    lay_other(machine, number);
  }
}

} // namespace migstorm::make_dump
