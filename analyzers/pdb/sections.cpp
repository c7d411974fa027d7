#include "analyzers/pdb/sections.hpp"

#include <algorithm>

namespace migstorm::pdb {
namespace {

constexpr std::size_t kHeaderSize = 40;
constexpr std::size_t kHeadersMax = 65535;

} // namespace

std::vector<SectionRange> read_section_ranges(Bytes headers) {
  ByteReader reader(headers, "section headers");
  std::vector<SectionRange> sections(std::min(headers.size() / kHeaderSize, kHeadersMax));
  for (SectionRange& section : sections) {
    reader.take(8);
    section.size = reader.le<std::uint32_t>();
    section.rva = reader.le<std::uint32_t>();
    reader.take(24);
  }
  return sections;
}

Sections::Sections(Bytes original, Bytes omap) : sections_(read_section_ranges(original)) {
  ByteReader entries(omap, "OMAP");
  omap_.resize(omap.size() / 8);
  for (OmapEntry& entry : omap_) {
    entry.from = entries.le<std::uint32_t>();
    entry.to = entries.le<std::uint32_t>();
  }
  std::stable_sort(omap_.begin(), omap_.end(),
                   [](const OmapEntry& a, const OmapEntry& b) { return a.from < b.from; });
}

std::optional<std::uint32_t> Sections::rva_of(std::uint16_t segment, std::uint32_t offset) const {
  if (segment == 0 || segment > sections_.size()) {
    return std::nullopt;
  }
  const SectionRange& section = sections_[segment - std::size_t{1}];
  if (offset >= section.size || section.rva > UINT32_MAX - offset) {
    return std::nullopt;
  }
  const std::uint32_t rva = section.rva + offset;
  if (omap_.empty()) {
    return rva;
  }
  auto entry =
      std::upper_bound(omap_.begin(), omap_.end(), rva,
                       [](std::uint32_t wanted, const OmapEntry& each) { return wanted < each.from; });
  if (entry == omap_.begin() || (--entry)->to == 0) {
    return std::nullopt;
  }
  return entry->to + (rva - entry->from);
}

} // namespace migstorm::pdb
