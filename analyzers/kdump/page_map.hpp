// Where a physical page lies in the file, by kind of dump. No map has an entry per page.
#pragma once

#include "analyzers/kdump/block_cache.hpp"
#include "analyzers/kdump/header.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::kdump {

class PageMap {
public:
  PageMap() = default;
  PageMap(const PageMap&) = delete;
  PageMap& operator=(const PageMap&) = delete;
  virtual ~PageMap() = default;

  // Its place according to the file's tables; whether the file reaches that far shows when it is read.
  virtual std::optional<std::uint64_t> offset_of(std::uint64_t pfn) const = 0;
  // One above the highest page that the dump speaks of.
  virtual std::uint64_t pfn_limit() const = 0;
};

// Runs of neighbouring pages, one after the other in the file.
class RangeMap final : public PageMap {
public:
  RangeMap(const std::vector<PageRun>& in_file_order, std::uint64_t first_page_offset);

  std::optional<std::uint64_t> offset_of(std::uint64_t pfn) const override;
  std::uint64_t pfn_limit() const override { return pfn_limit_; }

private:
  struct Range {
    std::uint64_t first_pfn;
    std::uint64_t page_count;
    std::uint64_t offset;
  };
  std::vector<Range> ranges_; // by first_pfn
  std::uint64_t pfn_limit_ = 0;
};

// A bit per page, with the number of present pages before every 4096th: 1/128 of the bitmap's size. The
// bitmap itself stays in the file.
class BitmapMap final : public PageMap {
public:
  static constexpr std::uint64_t kBlockBits = 4096;
  static constexpr std::uint64_t kBlockBytes = kBlockBits / 8;

  // Counts the bits once. A bitmap that the file cuts off ends where the file does.
  BitmapMap(ByteSource& source, BlockCache& cache, std::uint64_t bitmap_offset, std::uint64_t bits);

  void place_pages(std::uint64_t first_page_offset) noexcept { first_page_offset_ = first_page_offset; }
  std::uint64_t present() const noexcept { return present_; }
  bool complete() const noexcept { return complete_; }

  std::optional<std::uint64_t> offset_of(std::uint64_t pfn) const override;
  std::uint64_t pfn_limit() const override { return bits_; }

private:
  BlockCache& cache_;
  std::uint64_t bitmap_offset_;
  std::uint64_t bits_;
  std::uint64_t first_page_offset_ = 0;
  std::uint64_t present_ = 0;
  std::vector<std::uint32_t> ranks_;
  bool complete_ = true;
};

// Physical memory as a dump's body describes it.
struct Body {
  std::unique_ptr<PageMap> pages;
  std::uint64_t announced_size = 0; // what the whole file should measure; 0: not known
  std::vector<std::string> warnings;
};

// For every kind but triage. A body that makes no sense has no pages and says why: the header is worth
// reading still.
Body read_body(const Header& header, ByteSource& source, BlockCache& cache);

} // namespace migstorm::kdump
