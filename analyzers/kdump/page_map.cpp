#include "analyzers/kdump/page_map.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace migstorm::kdump {
namespace {

constexpr std::size_t kScanBytes = std::size_t{64} * 1024; // a multiple of kBlockBytes

// `size` bytes of bitmap, of which `bits` bits count.
std::uint32_t count_bits(Bytes bytes, std::uint64_t bits) {
  ByteReader in(bytes, "bitmap");
  std::uint32_t count = 0;
  for (; bits >= 64 && in.remaining() >= 8; bits -= 64) {
    count += static_cast<std::uint32_t>(std::popcount(in.le<std::uint64_t>()));
  }
  for (; bits > 0 && in.remaining() >= 1; bits -= std::min<std::uint64_t>(bits, 8)) {
    const unsigned mask = bits >= 8 ? 0xffu : (1u << bits) - 1u;
    count += static_cast<std::uint32_t>(std::popcount(in.le<std::uint8_t>() & mask));
  }
  return count;
}

} // namespace

RangeMap::RangeMap(const std::vector<PageRun>& in_file_order, std::uint64_t first_page_offset) {
  ranges_.reserve(in_file_order.size());
  std::uint64_t offset = first_page_offset;
  for (const PageRun& run : in_file_order) {
    ranges_.push_back({run.first_pfn, run.page_count, offset});
    offset += run.page_count * kPageSize;
    pfn_limit_ = std::max(pfn_limit_, run.first_pfn + run.page_count);
  }
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& a, const Range& b) { return a.first_pfn < b.first_pfn; });
}

std::optional<std::uint64_t> RangeMap::offset_of(std::uint64_t pfn) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), pfn,
                       [](std::uint64_t value, const Range& range) { return value < range.first_pfn; });
  if (after == ranges_.begin()) {
    return std::nullopt;
  }
  const Range& range = *std::prev(after);
  const std::uint64_t index = pfn - range.first_pfn;
  return index < range.page_count ? std::optional(range.offset + index * kPageSize) : std::nullopt;
}

BitmapMap::BitmapMap(ByteSource& source, BlockCache& cache, std::uint64_t bitmap_offset, std::uint64_t bits)
    : cache_(cache), bitmap_offset_(bitmap_offset), bits_(bits) {
  std::vector<std::byte> piece(static_cast<std::size_t>(std::min<std::uint64_t>(kScanBytes, (bits + 7) / 8)));
  for (std::uint64_t done = 0; done < (bits + 7) / 8;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(piece.size(), (bits + 7) / 8 - done);
    const Result<std::size_t> got =
        source.read_at(bitmap_offset + done, std::span(piece).first(static_cast<std::size_t>(wanted)));
    const std::size_t size = got ? *got : 0;
    for (std::size_t at = 0; at < size; at += kBlockBytes) {
      const std::size_t block = std::min<std::size_t>(kBlockBytes, size - at);
      ranks_.push_back(static_cast<std::uint32_t>(present_));
      present_ += count_bits(Bytes(piece).subspan(at, block), bits - 8 * (done + at));
    }
    done += size;
    if (size < wanted) {
      complete_ = false;
      bits_ = 8 * done;
      break;
    }
  }
}

std::optional<std::uint64_t> BitmapMap::offset_of(std::uint64_t pfn) const {
  if (pfn >= bits_) {
    return std::nullopt;
  }
  const std::uint64_t block = pfn / kBlockBits;
  const std::uint64_t bit = pfn % kBlockBits;
  std::array<std::byte, kBlockBytes> bytes{};
  const auto upto = std::span(bytes).first(static_cast<std::size_t>(bit / 8 + 1));
  if (!cache_.read(bitmap_offset_ + block * kBlockBytes, upto)) {
    return std::nullopt;
  }
  if ((std::to_integer<unsigned>(upto.back()) >> (bit % 8) & 1u) == 0) {
    return std::nullopt;
  }
  const std::uint64_t index = ranks_[static_cast<std::size_t>(block)] + count_bits(bytes, bit);
  return first_page_offset_ + index * kPageSize;
}

} // namespace migstorm::kdump
