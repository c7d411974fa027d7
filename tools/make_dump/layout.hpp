// Offsets within the kernel's structures. The debugger's block tells most of them; the rest is what
// Windows 10 19041 has, so that a reader that knows that build by heart finds its way too.
#pragma once

#include <cstdint>

namespace migstorm::make_dump::layout {

// KPCR and the KPRCB within
inline constexpr std::uint64_t kPcrSelf = 0x18;
inline constexpr std::uint64_t kPcrCurrentPrcb = 0x20;
inline constexpr std::uint64_t kPcrPrcb = 0x180;
inline constexpr std::uint16_t kPrcbSize = 0xAF00;
inline constexpr std::uint16_t kPrcbCurrentThread = 0x8;
inline constexpr std::uint16_t kPrcbIdleThread = 0x18;
inline constexpr std::uint16_t kPrcbNumber = 0x24;
inline constexpr std::uint16_t kPrcbControlRegisters = 0x100; // KSPECIAL_REGISTERS: cr0, cr2, cr3, cr4
inline constexpr std::uint16_t kPrcbStateContext = 0x1F0;
inline constexpr std::uint16_t kPrcbContext = 0x85C0; // pointer

// KTHREAD, ETHREAD
inline constexpr std::uint16_t kThreadSize = 0x898;
inline constexpr std::uint16_t kThreadInitialStack = 0x28;
inline constexpr std::uint16_t kThreadStackLimit = 0x30;
inline constexpr std::uint16_t kThreadStackBase = 0x38;
inline constexpr std::uint16_t kThreadKernelStack = 0x58;
inline constexpr std::uint16_t kThreadProcess = 0xB8;
inline constexpr std::uint16_t kThreadTeb = 0xF0;
inline constexpr std::uint16_t kThreadState = 0x184;
inline constexpr std::uint16_t kThreadOwner = 0x220;
inline constexpr std::uint16_t kThreadIds = 0x478;

// KPROCESS, EPROCESS
inline constexpr std::uint16_t kProcessSize = 0xA40;
inline constexpr std::uint16_t kProcessTables = 0x28;
inline constexpr std::uint16_t kProcessId = 0x440;
inline constexpr std::uint16_t kProcessLinks = 0x448;
inline constexpr std::uint16_t kProcessParent = 0x540;
inline constexpr std::uint16_t kProcessPeb = 0x550;
inline constexpr std::uint16_t kProcessName = 0x5A8;

} // namespace migstorm::make_dump::layout
