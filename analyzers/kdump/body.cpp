// Bodies of the kinds that hold physical pages.
#include "analyzers/kdump/page_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::kdump {
namespace {

constexpr std::uint64_t kBitsMax = 1ull << 31; // 8 TiB of guest memory
constexpr std::uint32_t kRangesMax = 1u << 20;
constexpr std::uint64_t kPfnMax = 1ull << 40; // 52-bit physical addresses
constexpr std::uint32_t kSdmp = 0x504d4453;
constexpr std::uint32_t kFdmp = 0x504d4446;
constexpr std::uint32_t kRdmp = 0x504d4452;
constexpr std::uint32_t kDump = 0x504d5544;

Body without_pages(std::string why) {
  Body body;
  body.pages = std::make_unique<RangeMap>(std::vector<PageRun>{}, 0);
  body.warnings.push_back(std::move(why));
  return body;
}

// The sum, or nothing when it is more than any machine has.
std::optional<std::uint64_t> pages_in(const std::vector<PageRun>& runs) {
  std::uint64_t pages = 0;
  for (const PageRun& run : runs) {
    pages += run.page_count; // each is at most kPfnMax, and their number is limited
  }
  return pages <= kPfnMax ? std::optional(pages) : std::nullopt;
}

Body of_ranges(const std::vector<PageRun>& ranges, std::uint64_t first_page) {
  const auto pages = pages_in(ranges);
  if (!pages) {
    return without_pages("the page ranges add up to more than any machine has: memory cannot be read");
  }
  Body body;
  body.pages = std::make_unique<RangeMap>(ranges, first_page);
  body.announced_size = first_page + *pages * kPageSize;
  return body;
}

Body read_full(const Header& header) {
  if (header.runs.empty()) {
    return without_pages("the header has no table of physical memory: memory cannot be read");
  }
  Body body = of_ranges(header.runs, header.size());
  const std::uint64_t pages = pages_in(header.runs).value_or(0);
  if (pages != header.run_pages) {
    body.warnings.push_back(
        fmt::format("the memory table's runs hold {} pages, its total says {}", pages, header.run_pages));
  }
  return body;
}

struct BitmapBlock {
  std::uint64_t bitmap_offset = 0;
  std::uint64_t bits = 0;
  std::uint64_t pages = 0;
  std::uint64_t first_page = 0;

  bool plausible() const {
    return bits > 0 && bits <= kBitsMax && pages <= bits && first_page <= 1ull << 50 &&
           first_page >= bitmap_offset + (bits + 7) / 8;
  }
};

bool is_bitmap(ByteReader in) {
  const auto tag = in.le<std::uint32_t>();
  return (tag == kSdmp || tag == kFdmp) && in.le<std::uint32_t>() == kDump;
}

BitmapBlock wide_form(ByteReader in, std::uint64_t base) {
  in.take(0x20);
  BitmapBlock block;
  block.first_page = in.le<std::uint64_t>();
  block.pages = in.le<std::uint64_t>();
  block.bits = in.le<std::uint64_t>();
  block.bitmap_offset = base + 0x38;
  return in.ok() ? block : BitmapBlock{};
}

// Windows 2000 to 7: the same things in 32 bits and another order.
BitmapBlock legacy_form(ByteReader in, std::uint64_t base, std::uint32_t pointer_size) {
  in.take(0xc);
  BitmapBlock block;
  block.first_page = in.le<std::uint32_t>();
  block.bits = in.le<std::uint32_t>();
  block.pages = in.le<std::uint32_t>();
  block.bitmap_offset = base + (pointer_size == 8 ? 0x28 : 0x20);
  return in.ok() ? block : BitmapBlock{};
}

Body of_bitmap(const BitmapBlock& block, ByteSource& source, BlockCache& cache) {
  auto map = std::make_unique<BitmapMap>(source, cache, block.bitmap_offset, block.bits);
  map->place_pages(block.first_page);
  Body body;
  if (!map->complete()) {
    body.warnings.emplace_back("the file ends inside its page bitmap");
  } else if (map->present() != block.pages) {
    body.warnings.push_back(
        fmt::format("the page bitmap has {} pages, its header says {}", map->present(), block.pages));
  }
  // A cut-off bitmap cannot be counted; then its header's number is all there is.
  body.announced_size = block.first_page + (map->complete() ? map->present() : block.pages) * kPageSize;
  body.pages = std::move(map);
  return body;
}

Body read_bitmap(const Header& header, ByteSource& source, BlockCache& cache) {
  std::array<std::byte, 0x40> bytes{};
  if (!cache.read(header.size(), bytes)) {
    return without_pages("the file ends before its page bitmap");
  }
  const ByteReader in(bytes, "bitmap header", header.size());
  if (!is_bitmap(in)) {
    return without_pages("there is no page bitmap after the header: memory cannot be read");
  }
  const BitmapBlock wide = wide_form(in, header.size());
  const BitmapBlock legacy = legacy_form(in, header.size(), header.pointer_size);
  // Type 2 has the legacy form, but writers of our day have been seen to keep the number and change the form.
  const bool prefer_legacy = header.kind == Kind::kernel_summary;
  const BitmapBlock& first = prefer_legacy ? legacy : wide;
  const BitmapBlock& second = prefer_legacy ? wide : legacy;
  if (first.plausible()) {
    return of_bitmap(first, source, cache);
  }
  if (second.plausible()) {
    return of_bitmap(second, source, cache);
  }
  return without_pages(
      fmt::format("the page bitmap's header makes no sense ({} bits, {} pages, first at {:#x})", first.bits,
                  first.pages, first.first_page));
}

struct RangeTable {
  std::uint64_t first_page = 0;
  std::uint64_t pages_max = 0;
  std::uint64_t size = 0; // bytes
};

// Ended by page 0, by the table's end, or by the page total: the declared size may overrun the table.
std::vector<PageRun> read_ranges(ByteReader in, std::uint64_t pages_max, bool& sound) {
  std::vector<PageRun> ranges;
  std::uint64_t pages = 0;
  while (in.remaining() >= 16 && pages < pages_max && ranges.size() < kRangesMax) {
    const PageRun range{in.le<std::uint64_t>(), in.le<std::uint64_t>()};
    if (range.first_pfn == 0) {
      break;
    }
    if (range.first_pfn >= kPfnMax || range.page_count > kPfnMax - range.first_pfn ||
        range.page_count > pages_max - pages) {
      sound = false;
      break;
    }
    pages += range.page_count;
    ranges.push_back(range);
  }
  return ranges;
}

Body read_range_dump(const Header& header, BlockCache& cache) {
  constexpr std::uint64_t kTableAt = 0x30;
  std::array<std::byte, kTableAt> bytes{};
  if (!cache.read(header.size(), bytes)) {
    return without_pages("the file ends before its range table");
  }
  ByteReader in(bytes, "range header", header.size());
  in.take(4);
  in.require(in.le<std::uint32_t>() == kRdmp && in.le<std::uint32_t>() == kDump, "has no RDMP mark");
  in.take(4);
  const auto metadata_size = in.le<std::uint64_t>();
  const auto first_page = in.le<std::uint64_t>();
  in.take(8);
  const auto total = in.le<std::uint64_t>();
  const std::uint64_t table = header.size() + kTableAt;
  in.require(metadata_size >= 0x20 && first_page >= table && first_page - table <= 16ull * kRangesMax,
             "declares a range table of an impossible size");
  if (const Status status = in.finish(); !status) {
    return without_pages(status.error().detail + ": memory cannot be read");
  }
  const std::uint64_t available = cache.source_size() > table ? cache.source_size() - table : 0;
  std::vector<std::byte> entries(static_cast<std::size_t>(std::min(first_page - table, available)));
  if (!cache.read(table, entries)) {
    return without_pages("the range table cannot be read");
  }
  bool sound = true;
  const bool bounded = header.kind == Kind::complete_range;
  const auto ranges =
      read_ranges(ByteReader(entries, "range table", table), bounded ? total : kPfnMax, sound);
  Body body = of_ranges(ranges, first_page);
  if (!sound || ranges.empty()) {
    body.warnings.push_back(fmt::format("the range table is unsound after {} ranges", ranges.size()));
  }
  return body;
}

} // namespace

Body read_body(const Header& header, ByteSource& source, BlockCache& cache) {
  switch (header.kind) {
  case Kind::full:
    return read_full(header);
  case Kind::kernel_summary:
  case Kind::bitmap_full:
  case Kind::bitmap_kernel:
    return read_bitmap(header, source, cache);
  case Kind::kernel_range:
  case Kind::kernel_user_range:
  case Kind::complete_range:
    return read_range_dump(header, cache);
  case Kind::header_only:
  case Kind::triage:
    break;
  }
  Body body = without_pages({});
  body.warnings.clear();
  body.announced_size = header.size();
  return body;
}

} // namespace migstorm::kdump
