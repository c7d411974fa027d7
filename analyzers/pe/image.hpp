// The headers of a PE32 or PE32+ image.
//
// Format: "PE Format" of Microsoft's documentation. Everything is read through a port by RVA, so that an
// image may lie in a dump with pages missing: what is not there is absent, never zero.
#pragma once

#include "analyzers/pe/reader.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::pe {

enum class Machine : std::uint16_t { unknown = 0, x86 = 0x14c, x64 = 0x8664, arm64 = 0xaa64 };

inline constexpr std::size_t kSectionsMax = 256;

struct Section {
  std::string name;
  std::uint32_t rva = 0;
  std::uint32_t size = 0; // in memory
  std::uint32_t file_offset = 0;
  std::uint32_t file_size = 0;
};

struct Directory {
  std::uint32_t rva = 0;
  std::uint32_t size = 0;
};

struct Headers {
  Machine machine = Machine::unknown;
  std::uint32_t timestamp = 0;
  std::uint32_t size_of_image = 0;
  std::uint32_t size_of_headers = 0;
  std::uint32_t checksum = 0;
  Directory exports;
  Directory exceptions; // .pdata
  Directory debug;
  std::vector<Section> sections;
};

// malformed: no image, or headers that contradict themselves; truncated: they are not all there.
Result<Headers> read_headers(const ImageReader& read);

// What names the PDB that belongs to an image.
struct PdbIdentity {
  std::string guid; // 32 hexadecimal digits, upper case, as symbol servers write it
  std::uint32_t age = 0;
  std::string file; // name without its folder
};

// The RSDS record of the debug directory; nothing where there is none or it is not there.
std::optional<PdbIdentity> read_pdb_identity(const ImageReader& read, const Headers& headers);

// GUID bytes as they lie in a file, as 32 digits.
std::string guid_digits(Bytes bytes);

} // namespace migstorm::pe
