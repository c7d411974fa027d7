// Names as Windows keeps them, made fit for people and files of results.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <string>

namespace migstorm::kdump {

inline constexpr std::size_t kNameBytesMax = 2048;

// UTF-8; control characters and halves of pairs become '?', for the text comes from a crashed machine.
std::string utf8_from_utf16(Bytes utf16);

// What follows the last slash or backslash.
std::string file_name_of(const std::string& path);

} // namespace migstorm::kdump
