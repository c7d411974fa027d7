// From virtual to physical addresses, as the processor does it, and as Windows does it for pages that are
// trimmed but still in memory (transition) or shared (prototype).
#pragma once

#include "analyzers/kdump/block_cache.hpp"
#include "analyzers/kdump/memory.hpp"
#include "analyzers/kdump/page_map.hpp"

#include <cstdint>
#include <optional>

namespace migstorm::kdump {

// Physical memory of a dump.
class PhysicalMemory {
public:
  PhysicalMemory(BlockCache& cache, const PageMap& pages) : cache_(cache), pages_(pages) {}

  // Within one page.
  bool read(std::uint64_t address, std::span<std::byte> out) const;
  std::optional<std::uint64_t> entry(std::uint64_t address, std::uint32_t width) const;
  std::uint64_t pfn_limit() const { return pages_.pfn_limit(); }

private:
  BlockCache& cache_;
  const PageMap& pages_;
};

enum class PagingMode : std::uint8_t { x86, x86_pae, x64_4_level, x64_5_level, arm64 };
std::string_view to_string(PagingMode mode) noexcept;

Translation translate(const PhysicalMemory& memory, PagingMode mode, std::uint64_t root,
                      std::uint64_t address);

} // namespace migstorm::kdump
