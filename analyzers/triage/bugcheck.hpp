// What a bugcheck's code and parameters tell by themselves: its name, and whether memory was read, written or
// executed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migstorm::triage {

using Parameters = std::array<std::uint64_t, 4>;

// Without the mark that small dumps put on a code: 0x1000007e becomes 0x7e.
std::uint32_t plain_code(std::uint32_t code) noexcept;

// Empty where the code is not documented. Takes a plain code.
std::string_view bugcheck_name(std::uint32_t code) noexcept;
std::size_t bugcheck_name_count() noexcept;

enum class Access : std::uint8_t { read, write, execute };
std::string_view to_string(Access access) noexcept;

// Absent where the bugcheck does not tell of one.
std::optional<Access> access_of(std::uint32_t code, const Parameters& parameters) noexcept;

// "0xd1|read", "0x7e": the part of a signature that needs no dump. Empty for code 0.
std::string signature_head(std::uint32_t code, const Parameters& parameters);

} // namespace migstorm::triage
