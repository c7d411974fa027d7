#include "tools/make_dump/physical_memory.hpp"

#include <algorithm>
#include <numeric>

namespace migstorm::make_dump {

namespace {

constexpr Pfn kBelowVideo = 0x9F;    // frames 1 to 9E: real-mode memory; frame 0 is never listed
constexpr Pfn kAboveVideo = 0x100;   // 1 MiB
constexpr Pfn kDeviceHole = 0xC0000; // 3 GiB
constexpr Pfn kAboveHole = 0x100000; // 4 GiB

} // namespace

PhysicalMemory::PhysicalMemory(std::uint64_t bytes, std::uint64_t large_pages) : large_pages_(large_pages) {
  assert(bytes >= kSmallest && bytes <= kLargest);
  const std::uint64_t frames = bytes / kPageSize;
  runs_.push_back({1, kBelowVideo - 1});
  runs_.push_back({kAboveVideo, std::min(frames, kDeviceHole) - kAboveVideo});
  if (frames > kDeviceHole) {
    runs_.push_back({kAboveHole, frames - kDeviceHole});
  }
  for (const Run& run : runs_) {
    page_count_ += run.count;
  }
  // A stride of about the golden ratio spreads frames evenly; prime to the count, it meets each frame once.
  stride_ = page_count_ / 1000 * 618 + 1;
  while (std::gcd(stride_, page_count_) != 1) {
    ++stride_;
  }
}

Pfn PhysicalMemory::frame_at(std::uint64_t index) const {
  for (const Run& run : runs_) {
    if (index < run.count) {
      return run.base + index;
    }
    index -= run.count;
  }
  assert(false && "index within page_count");
  return 0;
}

Pfn PhysicalMemory::allocate() {
  Pfn pfn = 0;
  do {
    next_ = (next_ + stride_) % page_count_;
    pfn = frame_at(next_);
  } while (pfn >= kLargeFrame && pfn < kLargeFrame + large_pages_);
  page(pfn);
  return pfn;
}

std::span<std::byte> PhysicalMemory::page(Pfn pfn) {
  Bytes& bytes = pages_[pfn];
  bytes.resize(kPageSize);
  return bytes;
}

} // namespace migstorm::make_dump
