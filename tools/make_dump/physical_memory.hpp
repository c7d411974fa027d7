// The machine's RAM: which page frames exist, and the few that hold something. All others are zero.
#pragma once

#include "tools/make_dump/bytes.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace migstorm::make_dump {

using Pfn = std::uint64_t;

struct Run {
  Pfn base = 0;
  std::uint64_t count = 0;
};

class PhysicalMemory {
public:
  static constexpr std::uint64_t kSmallest = 16ULL << 20;
  static constexpr std::uint64_t kLargest = 1ULL << 40;
  // Where the frame of a large page begins that exists in every machine: at 4 MiB.
  static constexpr Pfn kLargeFrame = 0x400;

  PhysicalMemory(std::uint64_t bytes, std::uint64_t large_pages);

  const std::vector<Run>& runs() const noexcept { return runs_; }
  std::uint64_t page_count() const noexcept { return page_count_; }
  Pfn highest() const noexcept { return runs_.back().base + runs_.back().count - 1; }

  // A frame not given out before. Consecutive ones lie far apart, as on a machine that has run for long.
  Pfn allocate();
  std::span<std::byte> page(Pfn pfn); // there from now on
  const std::map<Pfn, Bytes>& pages() const noexcept { return pages_; }
  void forget(Pfn pfn) { pages_.erase(pfn); }

  // Frames that belong to a user process: kernel dumps leave them out.
  void mark_user(Pfn pfn) { user_.insert(pfn); }
  bool is_user(Pfn pfn) const { return user_.count(pfn) == 1; }

private:
  Pfn frame_at(std::uint64_t index) const;

  std::vector<Run> runs_;
  std::uint64_t large_pages_;
  std::uint64_t page_count_ = 0;
  std::uint64_t stride_ = 1;
  std::uint64_t next_ = 0;
  std::map<Pfn, Bytes> pages_;
  std::set<Pfn> user_;
};

} // namespace migstorm::make_dump
