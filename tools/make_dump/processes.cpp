// The System process with the thread that idles, and one program of a user with a page of its own.
#include "tools/make_dump/layout.hpp"
#include "tools/make_dump/machine.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kSystemId = 4;
constexpr std::uint64_t kProgramId = 0x5A4;
constexpr Address kProgramPage = 0x7FF650000000;

void lay_process(Machine& machine, Address process, std::uint64_t tables, std::uint64_t id,
                 std::string_view name) {
  AddressSpace& space = machine.space;
  space.write<std::uint8_t>(process, 3); // dispatcher header: a process
  space.write<std::uint64_t>(process + layout::kProcessTables, tables);
  space.write<std::uint64_t>(process + layout::kProcessId, id);
  space.write(process + layout::kProcessName, name);
}

void link_processes(Machine& machine, Address first, Address second) {
  const Address head = machine.symbol("PsActiveProcessHead");
  const std::array<Address, 3> ring = {head, first + layout::kProcessLinks, second + layout::kProcessLinks};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Address next = ring[(i + 1) % ring.size()];
    machine.space.write<std::uint64_t>(ring[i], next);
    machine.space.write<std::uint64_t>(next + 8, ring[i]);
  }
}

void lay_idle_thread(Machine& machine, Address thread, Address process) {
  const Address top = machine.placement.stack + Machine::kStackSize;
  AddressSpace& space = machine.space;
  space.write<std::uint8_t>(thread, 6); // dispatcher header: a thread
  space.write<std::uint64_t>(thread + layout::kThreadInitialStack, top);
  space.write<std::uint64_t>(thread + layout::kThreadStackLimit, machine.placement.stack);
  space.write<std::uint64_t>(thread + layout::kThreadStackBase, top);
  space.write<std::uint64_t>(thread + layout::kThreadProcess, process);
  space.write<std::uint64_t>(thread + layout::kThreadOwner, process);
  space.write<std::uint8_t>(thread + layout::kThreadState, 2); // running
  space.write<std::uint64_t>(thread + layout::kThreadIds, kSystemId);
  space.write<std::uint64_t>(thread + layout::kThreadIds + 8, 8);
}

} // namespace

void lay_processes(Machine& machine) {
  const Address system = machine.symbol("KiInitialProcess");
  machine.user_process = machine.allocate(layout::kProcessSize);
  lay_process(machine, system, machine.space.root(), kSystemId, "System");
  lay_process(machine, machine.user_process, 0, kProgramId, "diskload.exe");
  machine.space.write<std::uint64_t>(machine.user_process + layout::kProcessParent, kSystemId);
  link_processes(machine, system, machine.user_process);
  machine.space.write<std::uint64_t>(machine.symbol("PsInitialSystemProcess"), system);
  lay_idle_thread(machine, machine.symbol("KiInitialThread"), system);
}

// Kernel dumps leave the program's page out: it is mapped, and not in the dump.
void lay_user_memory(Machine& machine) {
  AddressSpace program(machine.memory, machine.space);
  const Pfn pfn = program.map_new(kProgramPage);
  machine.memory.mark_user(pfn);
  program.write(kProgramPage, "diskload: 4096 blocks written");
  machine.space.write<std::uint64_t>(machine.user_process + layout::kProcessTables, program.root());
  machine.user_page = kProgramPage;
}

} // namespace migstorm::make_dump
