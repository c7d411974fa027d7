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

// UNICODE_STRING of a machine whose pointers have `word` bytes.
inline Bytes unicode_string(std::string_view text, std::uint64_t buffer, unsigned word) {
  Bytes out(std::size_t{2} * word);
  put<std::uint16_t>(out, 0, static_cast<std::uint16_t>(2 * text.size()));
  put<std::uint16_t>(out, 2, static_cast<std::uint16_t>(2 * text.size() + 2));
  put_word(out, word, buffer, word);
  return out;
}

} // namespace migstorm::make_dump
