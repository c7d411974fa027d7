// KDDEBUGGER_DATA64, and the variables that it points to.
#include "tools/make_dump/dump_header.hpp"
#include "tools/make_dump/layout.hpp"
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
  std::uint16_t value;
};
constexpr Field kFields[] = {
    {0x29A, layout::kThreadTeb},          {0x29C, layout::kThreadKernelStack},
    {0x29E, layout::kThreadInitialStack}, {0x2A0, layout::kThreadProcess},
    {0x2A2, layout::kThreadState},        {0x2A8, layout::kProcessSize},
    {0x2AA, layout::kProcessPeb},         {0x2AC, layout::kProcessParent},
    {0x2AE, layout::kProcessTables},      {0x2B0, layout::kPrcbSize},
    {0x2B4, layout::kPrcbCurrentThread},  {0x2BC, layout::kPrcbStateContext},
    {0x2BE, layout::kPrcbNumber},         {0x2C0, layout::kThreadSize},
    {0x338, layout::kPrcbContext},
};

} // namespace

Bytes debugger_data(const Machine& machine) {
  Bytes block(kDebuggerDataSize);
  const Address self = machine.symbol("KdDebuggerDataBlock");
  put<std::uint64_t>(block, 0, self); // in a list with itself alone
  put<std::uint64_t>(block, 8, self);
  put(block, 0x10, std::string_view("KDBG"));
  put<std::uint32_t>(block, 0x14, kDebuggerDataSize);
  put<std::uint64_t>(block, 0x18, machine.kernel().base());
  for (const Pointer& pointer : kPointers) {
    put<std::uint64_t>(block, pointer.offset, machine.symbol(pointer.symbol));
  }
  for (const Field& field : kFields) {
    put<std::uint16_t>(block, field.offset, field.value);
  }
  return block;
}

namespace {

void lay_memory_description(Machine& machine) {
  const Bytes description = memory_description(machine.memory);
  const Address at = machine.allocate(description.size());
  machine.space.write(at, description);
  machine.space.write<std::uint64_t>(machine.symbol("MmPhysicalMemoryBlock"), at);
}

} // namespace

void lay_debugger_data(Machine& machine) {
  AddressSpace& space = machine.space;
  space.write(machine.symbol("KdDebuggerDataBlock"), debugger_data(machine));
  space.write(machine.symbol("NtBuildLab"),
              fmt::format("{}.1.amd64fre.migstorm.make_dump", machine.facts.build));
  lay_memory_description(machine);
  const Address data = machine.symbol("KiBugCheckData");
  space.write<std::uint64_t>(data, machine.bugcheck.code);
  for (std::size_t i = 0; i < machine.bugcheck.parameters.size(); ++i) {
    space.write<std::uint64_t>(data + 8 + 8 * i, machine.bugcheck.parameters[i]);
  }
}

} // namespace migstorm::make_dump
