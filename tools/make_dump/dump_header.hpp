// The first page or two of a dump.
#pragma once

#include "tools/make_dump/bytes.hpp"
#include "tools/make_dump/machine.hpp"

#include <cstdint>

namespace migstorm::make_dump {

std::uint32_t dump_type(Kind kind) noexcept;

// All but RequiredDumpSpace, which is known when the body is written.
Bytes dump_header(const Machine& machine, Kind kind);

// PHYSICAL_MEMORY_DESCRIPTOR of a machine whose pointers have `word` bytes.
Bytes memory_description(const PhysicalMemory& memory, unsigned word);

} // namespace migstorm::make_dump
