// The System process with the thread that idles, and one program of a user with a page of its own.
#include "tools/make_dump/machine.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kSystemId = 4;
constexpr std::uint64_t kProgramId = 0x5A4;

void lay_process(Machine& machine, Address process, std::uint64_t tables, std::uint64_t id,
                 std::string_view name) {
  AddressSpace& space = machine.space;
  const KernelLayout& layout = machine.shape.kernel;
  space.write<std::uint8_t>(process, 3); // dispatcher header: a process
  space.write_word(process + layout.process_tables, tables);
  space.write_word(process + layout.process_id, id);
  space.write(process + layout.process_name, name);
}

void link_processes(Machine& machine, Address first, Address second) {
  const KernelLayout& layout = machine.shape.kernel;
  const Address head = machine.symbol("PsActiveProcessHead");
  const std::array<Address, 3> ring = {head, first + layout.process_links, second + layout.process_links};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Address next = ring[(i + 1) % ring.size()];
    machine.space.write_word(ring[i], next);
    machine.space.write_word(next + machine.shape.word, ring[i]);
  }
}

void lay_idle_thread(Machine& machine, Address thread, Address process) {
  const Address top = machine.placement.stack + Machine::kStackSize;
  AddressSpace& space = machine.space;
  const KernelLayout& layout = machine.shape.kernel;
  space.write<std::uint8_t>(thread, 6); // dispatcher header: a thread
  space.write_word(thread + layout.thread_initial_stack, top);
  space.write_word(thread + layout.thread_stack_limit, machine.placement.stack);
  space.write_word(thread + layout.thread_stack_base, top);
  space.write_word(thread + layout.thread_process, process);
  space.write_word(thread + layout.thread_owner, process);
  space.write<std::uint8_t>(thread + layout.thread_state, 2); // running
  space.write_word(thread + layout.thread_ids, kSystemId);
  space.write_word(thread + layout.thread_ids + machine.shape.word, 8);
}

} // namespace

void lay_processes(Machine& machine) {
  const KernelLayout& layout = machine.shape.kernel;
  const Address system = machine.symbol("KiInitialProcess");
  machine.user_process = machine.allocate(layout.process_size);
  lay_process(machine, system, machine.space.root(), kSystemId, "System");
  lay_process(machine, machine.user_process, 0, kProgramId, "diskload.exe");
  machine.space.write_word(machine.user_process + layout.process_parent, kSystemId);
  link_processes(machine, system, machine.user_process);
  machine.space.write_word(machine.symbol("PsInitialSystemProcess"), system);
  lay_idle_thread(machine, machine.symbol("KiInitialThread"), system);
}

// Kernel dumps leave the program's page out: it is mapped, and not in the dump.
void lay_user_memory(Machine& machine) {
  machine.user_page = machine.shape.regions.program;
  AddressSpace program(machine.memory, machine.space);
  const Pfn pfn = program.map_new(machine.user_page);
  machine.memory.mark_user(pfn);
  program.write(machine.user_page, "diskload: 4096 blocks written");
  machine.space.write_word(machine.user_process + machine.shape.kernel.process_tables, program.root());
}

} // namespace migstorm::make_dump
