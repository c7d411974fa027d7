#include "analyzers/triage/registers.hpp"

#include <vector>

namespace migstorm::triage {
namespace {

// Offsets of the general registers in CONTEXT, in the order of their numbers; rsp and esp stand apart.
constexpr std::array<std::size_t, 16> kX64Context = {0x78, 0x80, 0x88, 0x90, 0x98, 0xa0, 0xa8, 0xb0,
                                                     0xb8, 0xc0, 0xc8, 0xd0, 0xd8, 0xe0, 0xe8, 0xf0};
constexpr std::array<std::size_t, 8> kX86Context = {0xb0, 0xac, 0xa8, 0xa4, 0xc4, 0xb4, 0xa0, 0x9c};

// x64 KTRAP_FRAME, by register number; 0: not in it.
constexpr std::array<std::size_t, 16> kX64Trap = {0x30, 0x38, 0x40, 0x140, 0, 0x158, 0x150, 0x148,
                                                  0x48, 0x50, 0x58, 0x60,  0, 0,     0,     0};
constexpr std::array<std::size_t, 8> kX86Trap = {0x44, 0x40, 0x3c, 0x5c, 0, 0x60, 0x58, 0x54};
constexpr std::size_t kX64TrapSize = 0x190;
constexpr std::size_t kX86TrapSize = 0x7c;
constexpr std::size_t kArm64TrapSize = 0x150;

template <std::unsigned_integral T>
T field(Bytes record, std::size_t offset) {
  return ByteReader(record.subspan(offset, sizeof(T)), "record").le<T>();
}

template <std::unsigned_integral T, std::size_t N>
void take(Registers& out, Bytes record, const std::array<std::size_t, N>& offsets) {
  for (std::size_t i = 0; i < N; ++i) {
    if (offsets[i] != 0 && i != kX64Rsp) {
      out.set(i, field<T>(record, offsets[i]));
    }
  }
}

Registers x64_context(Bytes record) {
  Registers out;
  out.machine = Machine::x64;
  take<std::uint64_t>(out, record, kX64Context);
  out.sp = field<std::uint64_t>(record, kX64Context[kX64Rsp]);
  out.ip = field<std::uint64_t>(record, 0xf8);
  return out;
}

Registers x86_context(Bytes record) {
  Registers out;
  out.machine = Machine::x86;
  take<std::uint32_t>(out, record, kX86Context);
  out.sp = field<std::uint32_t>(record, kX86Context[kX64Rsp]);
  out.ip = field<std::uint32_t>(record, 0xb8);
  return out;
}

Registers arm64_context(Bytes record) {
  Registers out;
  out.machine = Machine::arm64;
  for (std::size_t i = 0; i < Registers::kCount; ++i) {
    out.set(i, field<std::uint64_t>(record, 8 + 8 * i));
  }
  out.sp = field<std::uint64_t>(record, 0x100);
  out.ip = field<std::uint64_t>(record, 0x108);
  return out;
}

TrapFrame x64_trap(Bytes record) {
  TrapFrame out;
  out.registers.machine = Machine::x64;
  take<std::uint64_t>(out.registers, record, kX64Trap);
  out.registers.ip = field<std::uint64_t>(record, kX64TrapFrameRip);
  out.registers.sp = field<std::uint64_t>(record, 0x180);
  out.user_mode = (field<std::uint16_t>(record, 0x170) & 3) != 0;
  return out;
}

// A trap from kernel mode pushes no stack pointer: the interrupted stack goes on where the frame would hold
// it.
TrapFrame x86_trap(Bytes record, std::uint64_t address) {
  constexpr std::size_t kHardwareEsp = 0x74;
  TrapFrame out;
  out.registers.machine = Machine::x86;
  take<std::uint32_t>(out.registers, record, kX86Trap);
  out.registers.ip = field<std::uint32_t>(record, 0x68);
  out.user_mode = (field<std::uint16_t>(record, 0x6c) & 3) != 0;
  out.registers.sp = out.user_mode ? field<std::uint32_t>(record, kHardwareEsp) : address + kHardwareEsp;
  return out;
}

// As the unwinder of the .NET runtime declares it; x0 to x18 stand in a row.
TrapFrame arm64_trap(Bytes record) {
  constexpr std::size_t kVolatile = 19;
  constexpr std::uint32_t kExceptionLevel = 0xc; // of SPSR
  TrapFrame out;
  out.registers.machine = Machine::arm64;
  for (std::size_t i = 0; i < kVolatile; ++i) {
    out.registers.set(i, field<std::uint64_t>(record, 0xa0 + 8 * i));
  }
  out.registers.set(kArm64Lr, field<std::uint64_t>(record, 0x138));
  out.registers.set(kArm64Fp, field<std::uint64_t>(record, 0x140));
  out.registers.ip = field<std::uint64_t>(record, 0x148);
  out.registers.sp = field<std::uint64_t>(record, 0x98);
  out.user_mode = (field<std::uint32_t>(record, 0x90) & kExceptionLevel) == 0;
  return out;
}

std::size_t trap_frame_size(Machine machine) {
  switch (machine) {
  case Machine::x64:
    return kX64TrapSize;
  case Machine::x86:
    return kX86TrapSize;
  case Machine::arm64:
    return kArm64TrapSize;
  }
  return 0;
}

} // namespace

std::optional<std::uint64_t> Registers::get(std::size_t number) const noexcept {
  if (number >= kCount || ((known_ >> number) & 1) == 0) {
    return std::nullopt;
  }
  return values_[number];
}

void Registers::set(std::size_t number, std::uint64_t value) noexcept {
  if (number < kCount) {
    values_[number] = value;
    known_ |= 1U << number;
  }
}

void Registers::forget(std::size_t number) noexcept {
  if (number < kCount) {
    known_ &= ~(1U << number);
  }
}

void Registers::keep_preserved_only() noexcept {
  switch (machine) {
  case Machine::x64: // rbx rbp rsi rdi r12..r15
    known_ &= 0xf0e8U;
    break;
  case Machine::x86: // ebx ebp esi edi
    known_ &= 0xe8U;
    break;
  case Machine::arm64: // x18 is the system's, x19..x29
    known_ &= 0x3ffc0000U;
    break;
  }
}

std::size_t context_size(Machine machine) noexcept {
  switch (machine) {
  case Machine::x64:
    return 0x4d0;
  case Machine::x86:
    return 0x2cc;
  case Machine::arm64:
    return 0x390;
  }
  return 0;
}

std::optional<Registers> read_context(Machine machine, Bytes record) {
  // The vector registers at the end are of no use here: a record cut off among them still serves.
  constexpr std::size_t kNeeded = 0x110;
  if (record.size() < kNeeded) {
    return std::nullopt;
  }
  Registers out;
  switch (machine) {
  case Machine::x64:
    out = x64_context(record);
    break;
  case Machine::x86:
    out = x86_context(record);
    break;
  case Machine::arm64:
    out = arm64_context(record);
    break;
  }
  return out.ip != 0 || out.sp != 0 ? std::optional(out) : std::nullopt; // a call through null has no ip
}

std::optional<Registers> read_context(Machine machine, const ReadMemory& memory, std::uint64_t address) {
  std::vector<std::byte> record(context_size(machine));
  return memory(address, record) ? read_context(machine, record) : std::nullopt;
}

std::optional<TrapFrame> read_trap_frame(Machine machine, const ReadMemory& memory, std::uint64_t address) {
  std::vector<std::byte> record(trap_frame_size(machine));
  if (!memory(address, record)) {
    return std::nullopt;
  }
  switch (machine) {
  case Machine::x64:
    return x64_trap(record);
  case Machine::x86:
    return x86_trap(record, address);
  case Machine::arm64:
    return arm64_trap(record);
  }
  return std::nullopt;
}

bool is_kernel_address(Machine machine, std::uint64_t address) noexcept {
  return machine == Machine::x86 ? address >= 0x80000000U && address <= UINT32_MAX : (address >> 63) == 1;
}

} // namespace migstorm::triage
