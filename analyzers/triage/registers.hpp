// The registers that a stack walk carries from frame to frame, read from the records in which Windows keeps
// them.
#pragma once

#include "analyzers/kdump/header.hpp"

#include <migstorm/byte_reader.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace migstorm::triage {

using kdump::Machine;

// True when all of `out` was there. Absent memory is never zeros.
using ReadMemory = std::function<bool(std::uint64_t address, std::span<std::byte> out)>;

template <std::unsigned_integral T>
std::optional<T> read_le(const ReadMemory& memory, std::uint64_t address) {
  std::array<std::byte, sizeof(T)> bytes{};
  if (!memory(address, bytes)) {
    return std::nullopt;
  }
  return ByteReader(bytes, "memory").le<T>();
}

// Numbered as the machine's unwind data numbers them: x64 and x86 rax rcx rdx rbx rsp rbp rsi rdi r8..r15,
// ARM64 x0..x30. The stack pointer stands apart on every machine.
struct Registers {
  static constexpr std::size_t kCount = 31;

  Machine machine{};
  std::uint64_t ip = 0;
  std::uint64_t sp = 0;

  std::optional<std::uint64_t> get(std::size_t number) const noexcept;
  void set(std::size_t number, std::uint64_t value) noexcept;
  void forget(std::size_t number) noexcept;
  // What a call need not preserve is not known in its caller.
  void keep_preserved_only() noexcept;

private:
  std::array<std::uint64_t, kCount> values_{};
  std::uint32_t known_ = 0;
};

inline constexpr std::size_t kX64Rbx = 3;
inline constexpr std::size_t kX64Rsp = 4;
inline constexpr std::size_t kX64Rbp = 5;
inline constexpr std::size_t kX64Rsi = 6;
inline constexpr std::size_t kX64Rdi = 7;
inline constexpr std::size_t kArm64Fp = 29;
inline constexpr std::size_t kArm64Lr = 30;

std::size_t context_size(Machine machine) noexcept;

// A CONTEXT record; nullopt where it is too short or holds no instruction pointer.
std::optional<Registers> read_context(Machine machine, Bytes record);
std::optional<Registers> read_context(Machine machine, const ReadMemory& memory, std::uint64_t address);

struct TrapFrame {
  Registers registers;
  bool user_mode = false; // the trap came from a program: below it lies no kernel stack
};

inline constexpr std::uint64_t kX64TrapFrameRip = 0x168; // where the processor's own part of the frame begins

// A KTRAP_FRAME. On x64 r12 to r15 are not in one, on ARM64 x19 to x28.
std::optional<TrapFrame> read_trap_frame(Machine machine, const ReadMemory& memory, std::uint64_t address);

bool is_kernel_address(Machine machine, std::uint64_t address) noexcept;

} // namespace migstorm::triage
