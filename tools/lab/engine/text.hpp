// Names compare without case in Windows; codes are written in hex.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm::lab {

std::string lower(std::string_view text); // ASCII
std::string upper(std::string_view text);
std::string hex_text(std::uint64_t value); // "0x8007274c"

} // namespace migstorm::lab
