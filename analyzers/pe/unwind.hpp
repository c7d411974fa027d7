// How the function at an RVA keeps its frame, from an image's exception directory (.pdata and .xdata).
//
// Formats: "x64 exception handling" (versions 1 and 2 of UNWIND_INFO) and "ARM64 exception handling" of
// Microsoft's documentation. RVAs stand where FunctionFrame has addresses.
#pragma once

#include "analyzers/pe/function.hpp"
#include "analyzers/pe/image.hpp"

namespace migstorm::pe {

FunctionAt function_at(const ImageReader& read, const Headers& headers, std::uint32_t rva);

// An entry of the exception directory as it stands there.
struct TableEntry {
  std::uint32_t begin = 0;
  std::uint32_t end = 0; // x64 only
  std::uint32_t unwind = 0;
};

// Number of entries that the directory claims, bounded by the image's size.
std::uint32_t table_entries(const Headers& headers);
std::optional<TableEntry> table_entry(const ImageReader& read, const Headers& headers, std::uint32_t index);
// Nothing where the description is not there, or makes no sense.
std::optional<FunctionFrame> describe(const ImageReader& read, const Headers& headers,
                                      const TableEntry& entry);

std::optional<FunctionFrame> describe_x64(const ImageReader& read, const TableEntry& entry);
std::optional<FunctionFrame> describe_arm64(const ImageReader& read, const TableEntry& entry);

} // namespace migstorm::pe
