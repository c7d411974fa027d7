// The crash: from the start of the system through the idle loop, the bus and the storage driver's callback
// into the page fault that ends in KeBugCheckEx; or from the idle loop by an interrupt.
#include "tools/make_dump/stack_winder.hpp"
#include "tools/make_dump/trap_frames.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kRingField = 0x28; // of a null ring: the address that faults
constexpr std::uint64_t kDispatchLevel = 2;
constexpr std::uint64_t kReadOfAbsentPage = 0;

struct FaultSite {
  Address ip = 0;
  unsigned base = 0; // the register that holds null
};

// `mov reg, [base+0x28]`, on x64 behind a REX prefix with its width.
std::optional<FaultSite> load_of_ring_x86(const Image& driver, Rva at, bool wide) {
  const auto memory = driver.memory();
  const auto prefix = wide ? get<std::uint8_t>(memory, at) : std::uint8_t{0};
  const Rva opcode = wide ? at + 1 : at;
  const auto form = get<std::uint8_t>(memory, opcode + 1);
  const bool load = (!wide || (prefix & 0xF8U) == 0x48) && get<std::uint8_t>(memory, opcode) == 0x8B;
  if (load && form >> 6 == 1 && (form & 7U) != 4 && get<std::uint8_t>(memory, opcode + 2) == kRingField) {
    return FaultSite{driver.base() + at, (form & 7U) | (prefix & 1U) << 3};
  }
  return std::nullopt;
}

// `ldr xt, [xn, #0x28]`
std::optional<FaultSite> load_of_ring_arm64(const Image& driver, Rva at) {
  constexpr std::uint32_t kLoad = 0xF9400000 | kRingField / 8 << 10;
  const auto code = get<std::uint32_t>(driver.memory(), at);
  const unsigned base = code >> 5 & 31U;
  return (code & 0xFFFFFC00) == kLoad && base != sp ? std::optional(FaultSite{driver.base() + at, base})
                                                    : std::nullopt;
}

// Where the callback reads the ring.
FaultSite fault_site(const Machine& machine, const Image& driver) {
  const Function callback = driver.function(driver.symbol("StorChannelVmbusCallback"));
  const bool arm64 = machine.facts.architecture == Architecture::arm64;
  for (Rva at = callback.begin; at + 4 <= callback.end; at += arm64 ? 4 : 1) {
    const auto site =
        arm64 ? load_of_ring_arm64(driver, at) : load_of_ring_x86(driver, at, machine.shape.wide());
    if (site) {
      return *site;
    }
  }
  assert(false && "the callback reads the ring");
  return {};
}

void wind_to_idle_loop(StackWinder& winder, const Machine& machine) {
  winder.enter(machine.kernel(), "KiSystemStartup");
  winder.call(machine.kernel(), "KiIdleLoop");
}

void wind_to_callback(StackWinder& winder, const Machine& machine) {
  const Image& kernel = machine.kernel();
  wind_to_idle_loop(winder, machine);
  winder.call(kernel, "KiRetireDpcList");
  winder.call(kernel, "KiExecuteAllDpcs");
  winder.call(machine.image("vmbus.sys"), "VmbusChannelDpc");
  winder.call(machine.image("storvsc.sys"), "StorChannelVmbusCallback");
}

// What the callback has at hand when it reads.
void load_registers(Registers& registers, const Machine& machine, const Image& driver, unsigned null) {
  const Address channel = driver.address("StorChannel");
  if (machine.facts.architecture == Architecture::arm64) {
    registers.general[x0] = registers.general[x19] = channel;
  } else {
    registers.general[rcx] = registers.general[rsi] = channel;
    registers.general[rdx] = driver.address("StorRing");
  }
  if (machine.facts.architecture == Architecture::x64) {
    registers.general[r11] = channel + 8;
  }
  registers.general[null] = 0;
}

// What a caller of KeBugCheckEx has in registers, and what it and its callee leave in its home space.
void pass_bugcheck_x64(Machine& machine, Registers& registers) {
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

// x64 saves its context at the first instruction of KeBugCheckEx, the others within.
void end_in_bugcheck(StackWinder& winder, Machine& machine) {
  const Image& kernel = machine.kernel();
  if (machine.facts.architecture == Architecture::x64) {
    winder.call(kernel, "KiBugCheckDispatch");
    winder.call(kernel, "KeBugCheckEx");
    winder.stop(std::nullopt);
    pass_bugcheck_x64(machine, winder.registers());
    return;
  }
  winder.call(kernel, "KeBugCheckEx");
  winder.stop(winder.return_address(kernel.address("KeBugCheck2")));
}

} // namespace

void lay_stack(Machine& machine) {
  machine.space.map_new(machine.placement.stack, Machine::kStackSize);
  const Image& driver = machine.image("storvsc.sys");
  const std::unique_ptr<StackWinder> winder =
      make_winder(machine, machine.placement.stack + Machine::kStackSize);
  FaultSite fault;
  if (machine.facts.nmi) {
    wind_to_idle_loop(*winder, machine);
    fault.ip = winder->after_wait();
    machine.bugcheck = *machine.facts.nmi;
  } else {
    wind_to_callback(*winder, machine);
    fault = fault_site(machine, driver);
    load_registers(winder->registers(), machine, driver, fault.base);
    machine.bugcheck = {0xD1, {kRingField, kDispatchLevel, kReadOfAbsentPage, fault.ip}};
  }
  const Registers before = winder->registers();
  machine.trap_frame =
      winder->trap(fault.ip, kReadOfAbsentPage, machine.kernel(), std::string(machine.shape.page_fault));
  fill_trap_frame(machine, before);
  end_in_bugcheck(*winder, machine);
  machine.at_bugcheck = winder->registers();
  machine.stack = winder->frames();
}

} // namespace migstorm::make_dump
