#include "tools/make_dump/bodies.hpp"

#include "tools/make_dump/dump_header.hpp"

namespace migstorm::make_dump {

namespace {

void append(std::vector<Run>& runs, Pfn pfn) {
  if (!runs.empty() && runs.back().base + runs.back().count == pfn) {
    ++runs.back().count;
  } else {
    runs.push_back({pfn, 1});
  }
}

std::uint64_t pages_in(const std::vector<Run>& runs) {
  std::uint64_t pages = 0;
  for (const Run& run : runs) {
    pages += run.count;
  }
  return pages;
}

// One bit per frame, the lowest first.
Bytes bitmap_of(const std::vector<Run>& runs, std::uint64_t bits) {
  Bytes bitmap(round_up(bits, 64) / 8);
  for (const Run& run : runs) {
    for (Pfn pfn = run.base; pfn < run.base + run.count; ++pfn) {
      bitmap[pfn / 8] |= std::byte{1} << (pfn % 8);
    }
  }
  return bitmap;
}

} // namespace

std::vector<Run> present_runs(const PhysicalMemory& memory, Kind kind) {
  if (kind == Kind::full || kind == Kind::bitmap_full || kind == Kind::complete_range) {
    return memory.runs();
  }
  std::vector<Run> runs;
  for (const auto& [pfn, page] : memory.pages()) {
    if (kind == Kind::kernel_user_range || !memory.is_user(pfn)) {
      append(runs, pfn);
    }
  }
  return runs;
}

std::uint64_t write_pages(SparseFile& file, std::uint64_t offset, const std::vector<Run>& runs,
                          const PhysicalMemory& memory) {
  for (const Run& run : runs) {
    const auto end = memory.pages().lower_bound(run.base + run.count);
    for (auto page = memory.pages().lower_bound(run.base); page != end; ++page) {
      file.put(offset + (page->first - run.base) * kPageSize, page->second);
    }
    offset += run.count * kPageSize;
  }
  file.resize(offset);
  return offset;
}

void write_summary_body(SparseFile& file, const Machine& machine, Kind kind) {
  const PhysicalMemory& memory = machine.memory;
  const std::uint64_t start = machine.shape.header.size;
  const std::uint64_t fixed_size = machine.shape.wide() ? 0x28 : 0x20;
  const std::vector<Run> runs = present_runs(memory, kind);
  const std::uint64_t bits = memory.highest() + 1;
  const Bytes bitmap = bitmap_of(runs, bits);
  const std::uint64_t first_page = round_up(start + fixed_size + bitmap.size(), kPageSize);
  Bytes fixed(fixed_size);
  put(fixed, 0, std::string_view("SDMPDUMP"));
  put<std::uint32_t>(fixed, 0x0C, static_cast<std::uint32_t>(first_page));
  put<std::uint32_t>(fixed, 0x10, static_cast<std::uint32_t>(bits));
  put<std::uint32_t>(fixed, 0x14, static_cast<std::uint32_t>(pages_in(runs)));
  put<std::uint32_t>(fixed, 0x18, static_cast<std::uint32_t>(bits));
  file.put(start, fixed);
  file.put(start + fixed_size, bitmap);
  write_pages(file, first_page, runs, memory);
}

void write_bitmap_body(SparseFile& file, const Machine& machine, Kind kind) {
  const PhysicalMemory& memory = machine.memory;
  const std::uint64_t start = machine.shape.header.size;
  constexpr std::uint64_t kFixed = 0x38;
  const std::vector<Run> runs = present_runs(memory, kind);
  const std::uint64_t bits = memory.highest() + 1;
  const Bytes bitmap = bitmap_of(runs, bits);
  // Windows does not align the first page, so neither do we.
  const std::uint64_t first_page = start + kFixed + bitmap.size();
  Bytes fixed(kFixed);
  put(fixed, 0, std::string_view(kind == Kind::bitmap_full ? "FDMPDUMP" : "SDMPDUMP"));
  put<std::uint64_t>(fixed, 0x20, first_page);
  put<std::uint64_t>(fixed, 0x28, pages_in(runs));
  put<std::uint64_t>(fixed, 0x30, bits);
  file.put(start, fixed);
  file.put(start + kFixed, bitmap);
  write_pages(file, first_page, runs, memory);
}

void write_range_body(SparseFile& file, const Machine& machine, Kind kind) {
  const PhysicalMemory& memory = machine.memory;
  const std::uint64_t start = machine.shape.header.size;
  constexpr std::uint64_t kFixed = 0x30;
  constexpr std::uint64_t kMetadata = 0x20; // counted from here
  const std::vector<Run> runs = present_runs(memory, kind);
  Bytes block(kFixed + 0x10 * (runs.size() + 1)); // the last range is null and ends the table
  const std::uint64_t first_page = round_up(start + block.size(), kPageSize);
  put<std::uint32_t>(block, 0, 0x40);
  put(block, 4, std::string_view("RDMPDUMP"));
  put<std::uint64_t>(block, 0x10, first_page - start - kMetadata);
  put<std::uint64_t>(block, 0x18, first_page);
  if (kind == Kind::complete_range) {
    put<std::uint32_t>(block, 0x20, static_cast<std::uint32_t>(runs.size()));
    put<std::uint64_t>(block, 0x28, pages_in(runs));
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    put<std::uint64_t>(block, kFixed + 0x10 * i, runs[i].base);
    put<std::uint64_t>(block, kFixed + 0x10 * i + 8, runs[i].count);
  }
  file.put(start, block);
  write_pages(file, first_page, runs, memory);
}

} // namespace migstorm::make_dump
