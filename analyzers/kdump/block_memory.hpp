// Memory of small dumps: saved pieces of virtual memory, of any size and without any page tables.
#pragma once

#include "analyzers/kdump/block_cache.hpp"
#include "analyzers/kdump/memory.hpp"

#include <vector>

namespace migstorm::kdump {

struct MemoryBlock {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0; // in the file
};

class BlockMemory final : public Memory {
public:
  // Of blocks that overlap, the one that begins earlier has the bytes.
  BlockMemory(std::uint32_t pointer_size, BlockCache& cache, std::vector<MemoryBlock> blocks);

  Presence read_physical(std::uint64_t, std::span<std::byte>) const override { return Presence::not_in_dump; }
  // Present without a physical address: only the presence means something here.
  Translation translate(std::uint64_t address) const override;

  const std::vector<MemoryBlock>& blocks() const noexcept { return blocks_; }

private:
  Piece read_piece(std::uint64_t address, std::span<std::byte> out) const override;
  const MemoryBlock* find(std::uint64_t address) const;
  std::uint64_t narrow(std::uint64_t address) const;

  BlockCache& cache_;
  std::vector<MemoryBlock> blocks_; // by address, none overlapping
};

} // namespace migstorm::kdump
