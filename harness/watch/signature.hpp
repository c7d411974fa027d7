// What names a crash as far as its bugcheck can: "0xd1|read". The module and function come from a dump.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace migstorm {

// Empty for code 0 (not known). The access is left out where the bugcheck's parameters tell of none.
std::string crash_signature(std::uint32_t code, const std::array<std::uint64_t, 4>& parameters);

} // namespace migstorm
