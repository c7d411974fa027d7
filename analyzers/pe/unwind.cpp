#include "analyzers/pe/unwind.hpp"

namespace migstorm::pe {
namespace {

std::uint32_t entry_size(Machine machine) noexcept { return machine == Machine::x64 ? 12 : 8; }

// The last entry that begins at or before `rva`.
std::optional<TableEntry> find_entry(const ImageReader& read, const Headers& headers, std::uint32_t rva,
                                     bool& readable) {
  std::uint32_t low = 0;
  std::uint32_t high = table_entries(headers);
  std::optional<TableEntry> best;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::optional<TableEntry> entry = table_entry(read, headers, middle);
    if (!entry) {
      readable = false;
      return std::nullopt;
    }
    if (entry->begin <= rva) {
      best = entry;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return best;
}

} // namespace

std::uint32_t table_entries(const Headers& headers) {
  if (headers.machine != Machine::x64 && headers.machine != Machine::arm64) {
    return 0;
  }
  const Directory& table = headers.exceptions;
  if (table.rva == 0 || table.rva >= headers.size_of_image ||
      table.size > headers.size_of_image - table.rva) {
    return 0;
  }
  return table.size / entry_size(headers.machine);
}

std::optional<TableEntry> table_entry(const ImageReader& read, const Headers& headers, std::uint32_t index) {
  const std::uint32_t size = entry_size(headers.machine);
  std::array<std::byte, 12> bytes{};
  if (!read(headers.exceptions.rva + std::uint64_t{index} * size, std::span(bytes).first(size))) {
    return std::nullopt;
  }
  ByteReader reader(bytes, "exception directory");
  TableEntry entry;
  entry.begin = reader.le<std::uint32_t>();
  entry.end = headers.machine == Machine::x64 ? reader.le<std::uint32_t>() : 0;
  entry.unwind = reader.le<std::uint32_t>();
  return entry;
}

std::optional<FunctionFrame> describe(const ImageReader& read, const Headers& headers,
                                      const TableEntry& entry) {
  return headers.machine == Machine::x64 ? describe_x64(read, entry) : describe_arm64(read, entry);
}

FunctionAt function_at(const ImageReader& read, const Headers& headers, std::uint32_t rva) {
  FunctionAt at;
  if (table_entries(headers) == 0) {
    return at;
  }
  bool readable = true;
  const std::optional<TableEntry> entry = find_entry(read, headers, rva, readable);
  if (!readable) {
    return at;
  }
  if (!entry || (headers.machine == Machine::x64 && rva >= entry->end)) {
    at.kind = FunctionKind::leaf;
    return at;
  }
  std::optional<FunctionFrame> frame = describe(read, headers, *entry);
  if (!frame) {
    return at;
  }
  at.kind = rva < frame->end ? FunctionKind::described : FunctionKind::leaf;
  at.frame = std::move(*frame);
  return at;
}

} // namespace migstorm::pe
