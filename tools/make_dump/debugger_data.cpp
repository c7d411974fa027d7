// KDDEBUGGER_DATA64, and the variables that it points to.
#include "tools/make_dump/dump_header.hpp"
#include "tools/make_dump/machine.hpp"

#include <fmt/format.h>

namespace migstorm::make_dump {

namespace {

struct Pointer {
  std::uint64_t offset;
  const char* symbol;
};
constexpr Pointer kPointers[] = {
    {0x48, "PsLoadedModuleList"},     {0x50, "PsActiveProcessHead"},    {0x58, "PspCidTable"},
    {0x60, "ExpSystemResourcesList"}, {0x78, "KeTimeIncrement"},        {0x80, "KeBugCheckCallbackListHead"},
    {0x88, "KiBugCheckData"},         {0xC0, "MmPfnDatabase"},          {0x208, "NtBuildLab"},
    {0x218, "KiProcessorBlock"},      {0x220, "MmUnloadedDrivers"},     {0x228, "MmLastUnloadedDriver"},
    {0x268, "CmNtCSDVersion"},        {0x270, "MmPhysicalMemoryBlock"},
};

struct Field {
  std::uint64_t offset;
  std::uint16_t KernelLayout::*value;
};
constexpr Field kFields[] = {
    {0x29A, &KernelLayout::thread_teb},           {0x29C, &KernelLayout::thread_kernel_stack},
    {0x29E, &KernelLayout::thread_initial_stack}, {0x2A0, &KernelLayout::thread_process},
    {0x2A2, &KernelLayout::thread_state},         {0x2A8, &KernelLayout::process_size},
    {0x2AA, &KernelLayout::process_peb},          {0x2AC, &KernelLayout::process_parent},
    {0x2AE, &KernelLayout::process_tables},       {0x2B0, &KernelLayout::prcb_size},
    {0x2B4, &KernelLayout::prcb_current_thread},  {0x2BC, &KernelLayout::prcb_state_context},
    {0x2BE, &KernelLayout::prcb_number},          {0x2C0, &KernelLayout::thread_size},
    {0x338, &KernelLayout::prcb_context},
};

} // namespace

Bytes debugger_data(const Machine& machine) {
  Bytes block(kDebuggerDataSize);
  // Addresses have 64 bits on every machine, sign-extended where it has 32.
  const auto put_address = [&block, &machine](std::uint64_t at, Address address) {
    const auto narrow = static_cast<std::int64_t>(static_cast<std::int32_t>(address));
    put<std::uint64_t>(block, at, machine.shape.wide() ? address : static_cast<std::uint64_t>(narrow));
  };
  const Address self = machine.symbol("KdDebuggerDataBlock");
  put_address(0, self); // in a list with itself alone
  put_address(8, self);
  put(block, 0x10, std::string_view("KDBG"));
  put<std::uint32_t>(block, 0x14, kDebuggerDataSize);
  put_address(0x18, machine.kernel().base());
  for (const Pointer& pointer : kPointers) {
    put_address(pointer.offset, machine.symbol(pointer.symbol));
  }
  for (const Field& field : kFields) {
    put<std::uint16_t>(block, field.offset, machine.shape.kernel.*field.value);
  }
  return block;
}

namespace {

void lay_memory_description(Machine& machine) {
  const Bytes description = memory_description(machine.memory, machine.shape.word);
  const Address at = machine.allocate(description.size());
  machine.space.write(at, description);
  machine.space.write_word(machine.symbol("MmPhysicalMemoryBlock"), at);
}

} // namespace

void lay_debugger_data(Machine& machine) {
  AddressSpace& space = machine.space;
  space.write(machine.symbol("KdDebuggerDataBlock"), debugger_data(machine));
  space.write(machine.symbol("NtBuildLab"),
              fmt::format("{}.1.{}.migstorm.make_dump", machine.facts.build, machine.shape.lab_suffix));
  lay_memory_description(machine);
  const Address data = machine.symbol("KiBugCheckData");
  space.write_word(data, machine.bugcheck.code);
  for (std::size_t i = 0; i < machine.bugcheck.parameters.size(); ++i) {
    space.write_word(data + machine.shape.word * (1 + i), machine.bugcheck.parameters[i]);
  }
}

} // namespace migstorm::make_dump
