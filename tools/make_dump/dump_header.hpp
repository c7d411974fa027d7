// The first 0x2000 bytes of a 64-bit dump.
#pragma once

#include "tools/make_dump/bytes.hpp"
#include "tools/make_dump/machine.hpp"

#include <cstdint>

namespace migstorm::make_dump {

inline constexpr std::uint64_t kHeaderSize = 0x2000;

namespace header {
inline constexpr std::uint64_t kTables = 0x10;
inline constexpr std::uint64_t kProcessors = 0x34;
inline constexpr std::uint64_t kDebuggerBlock = 0x80;
inline constexpr std::uint64_t kMemory = 0x88; // PHYSICAL_MEMORY_DESCRIPTOR
inline constexpr std::uint64_t kContext = 0x348;
inline constexpr std::uint64_t kException = 0xF00;
inline constexpr std::uint64_t kType = 0xF98;
inline constexpr std::uint64_t kRequiredSpace = 0xFA0;
} // namespace header

std::uint32_t dump_type(Kind kind) noexcept;

// All but RequiredDumpSpace, which is known when the body is written.
Bytes dump_header(const Machine& machine, Kind kind);

// PHYSICAL_MEMORY_DESCRIPTOR64
Bytes memory_description(const PhysicalMemory& memory);

} // namespace migstorm::make_dump
