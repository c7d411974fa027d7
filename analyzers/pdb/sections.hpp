// From a symbol's segment and offset to the image's RVA.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace migstorm::pdb {

struct SectionRange {
  std::uint32_t rva = 0;
  std::uint32_t size = 0;
};

// An address of the image as it was compiled, and where a later tool moved it.
struct OmapEntry {
  std::uint32_t from = 0;
  std::uint32_t to = 0; // 0: it was removed
};

// Sections of an image from their headers (IMAGE_SECTION_HEADER).
std::vector<SectionRange> read_section_ranges(Bytes headers);

class Sections {
public:
  // `original`: IMAGE_SECTION_HEADERs of the image that the symbols were made for; `omap`: OMAP_DATA from
  // there to the image as it is, empty where nothing moved.
  Sections(Bytes original, Bytes omap);

  std::optional<std::uint32_t> rva_of(std::uint16_t segment, std::uint32_t offset) const;

private:
  std::vector<SectionRange> sections_;
  std::vector<OmapEntry> omap_; // by from
};

} // namespace migstorm::pdb
