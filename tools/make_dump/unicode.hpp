// Strings as the kernel keeps them. Names here are ASCII, so a unit is a character.
#pragma once

#include "tools/make_dump/bytes.hpp"

namespace migstorm::make_dump {

inline Bytes utf16(std::string_view text) {
  Bytes units(2 * text.size() + 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    put<char>(units, 2 * i, text[i]);
  }
  return units;
}

// UNICODE_STRING of a 64-bit machine.
inline Bytes unicode_string(std::string_view text, std::uint64_t buffer) {
  Bytes out(16);
  put<std::uint16_t>(out, 0, static_cast<std::uint16_t>(2 * text.size()));
  put<std::uint16_t>(out, 2, static_cast<std::uint16_t>(2 * text.size() + 2));
  put<std::uint64_t>(out, 8, buffer);
  return out;
}

} // namespace migstorm::make_dump
