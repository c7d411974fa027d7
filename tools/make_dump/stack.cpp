// The crash: from the start of the system through the idle loop, the bus and the storage driver's callback
// into the page fault that ends in KeBugCheckEx.
#include "tools/make_dump/stack_winder.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kRingField = 0x28; // of a null ring: the address that faults
constexpr std::uint64_t kDispatchLevel = 2;
constexpr std::uint64_t kReadOfAbsentPage = 0;

struct FaultSite {
  Address rip = 0;
  unsigned base = 0; // the register that holds null
};

// The callback's `mov reg, [base+0x28]`.
FaultSite fault_site(const Image& driver) {
  const Function callback = driver.function(driver.symbol("StorChannelVmbusCallback"));
  const auto memory = driver.memory();
  for (Rva at = callback.begin; at + 4 <= callback.end; ++at) {
    const auto prefix = get<std::uint8_t>(memory, at);
    const auto form = get<std::uint8_t>(memory, at + 2);
    const bool is_load = (prefix & 0xF8U) == 0x48 && get<std::uint8_t>(memory, at + 1) == 0x8B;
    if (is_load && form >> 6 == 1 && (form & 7U) != 4 && get<std::uint8_t>(memory, at + 3) == kRingField) {
      return {driver.base() + at, (form & 7U) | (prefix & 1U) << 3};
    }
  }
  assert(false && "the callback reads the ring");
  return {};
}

// KTRAP_FRAME as KiPageFault fills it; the processor's part is there already.
void fill_trap_frame(Machine& machine, Address frame, const Registers& before) {
  constexpr std::array<std::pair<unsigned, unsigned>, 10> kSaved = {{{rax, 0x30},
                                                                     {rcx, 0x38},
                                                                     {rdx, 0x40},
                                                                     {r8, 0x48},
                                                                     {r9, 0x50},
                                                                     {r10, 0x58},
                                                                     {r11, 0x60},
                                                                     {rbx, 0x140},
                                                                     {rdi, 0x148},
                                                                     {rsi, 0x150}}};
  for (const auto& [number, offset] : kSaved) {
    machine.space.write<std::uint64_t>(frame + offset, before.general[number]);
  }
  machine.space.write<std::uint8_t>(frame + 0x28, 0);           // previous mode: kernel
  machine.space.write<std::uint32_t>(frame + 0x2C, 0x1F80);     // MXCSR
  machine.space.write<std::uint64_t>(frame + 0xD0, kRingField); // CR2
}

void wind_to_callback(StackWinder& winder, const Machine& machine) {
  const Image& kernel = machine.kernel();
  winder.enter(kernel, "KiSystemStartup");
  winder.call(kernel, "KiIdleLoop");
  winder.call(kernel, "KiRetireDpcList");
  winder.call(kernel, "KiExecuteAllDpcs");
  winder.call(machine.image("vmbus.sys"), "VmbusChannelDpc");
  winder.call(machine.image("storvsc.sys"), "StorChannelVmbusCallback");
}

// What a caller of KeBugCheckEx has in registers, and what it and its callee leave in its home space.
void pass_bugcheck(Machine& machine, Registers& registers) {
  auto& general = registers.general;
  const auto& parameters = machine.bugcheck.parameters;
  general[rax] = parameters[2];
  general[rcx] = machine.bugcheck.code;
  general[rdx] = parameters[0];
  general[r8] = parameters[1];
  general[r9] = parameters[2];
  general[r10] = parameters[3];
  const Address home = general[rsp] + 8;
  machine.space.write<std::uint64_t>(home, machine.bugcheck.code);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    machine.space.write<std::uint64_t>(home + 8 + 8 * i, parameters[i]);
  }
}

} // namespace

void lay_stack(Machine& machine) {
  machine.space.map_new(machine.placement.stack, Machine::kStackSize);
  const Image& kernel = machine.kernel();
  const Image& driver = machine.image("storvsc.sys");
  StackWinder winder(machine.space, machine.placement.stack + Machine::kStackSize);
  wind_to_callback(winder, machine);

  const FaultSite fault = fault_site(driver);
  Registers& registers = winder.registers();
  registers.general[rcx] = registers.general[rsi] = driver.address("StorChannel");
  registers.general[rdx] = driver.address("StorRing");
  registers.general[r11] = driver.address("StorChannel") + 8;
  registers.general[fault.base] = 0;
  machine.bugcheck = {0xD1, {kRingField, kDispatchLevel, kReadOfAbsentPage, fault.rip}};
  const Registers before = registers;
  winder.trap(fault.rip, kReadOfAbsentPage, kernel, "KiPageFault");
  machine.trap_frame = registers.general[rsp];
  fill_trap_frame(machine, machine.trap_frame, before);
  winder.call(kernel, "KiBugCheckDispatch");
  winder.call(kernel, "KeBugCheckEx");
  winder.stop(std::nullopt);
  pass_bugcheck(machine, registers);
  machine.at_bugcheck = registers;
  machine.stack = winder.frames();
}

} // namespace migstorm::make_dump
