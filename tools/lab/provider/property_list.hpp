// The binary property list that carries parameters of cluster moves: MS-CMRP's CLUSPROP format,
// little-endian.
#pragma once

#include <migstorm/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace migstorm::lab {

struct DwordProperty {
  std::string name; // UTF-8; other than ASCII becomes '?'
  std::uint32_t value = 0;
};

// Lists of DWORDs only: what a virtual machine's move takes. Bounded in entries and in length of names.
Result<std::vector<DwordProperty>> read_property_list(std::span<const std::uint8_t> bytes);

// UTF-16LE up to its NUL or to the end, as above; what control codes take for the name of a node.
std::string read_utf16(std::span<const std::uint8_t> bytes);

} // namespace migstorm::lab
