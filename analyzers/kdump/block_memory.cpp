#include "analyzers/kdump/block_memory.hpp"

#include <algorithm>

namespace migstorm::kdump {
namespace {

// Sorted, without overlaps, and cut where the address space ends.
std::vector<MemoryBlock> in_order(std::vector<MemoryBlock> blocks) {
  std::stable_sort(blocks.begin(), blocks.end(),
                   [](const MemoryBlock& a, const MemoryBlock& b) { return a.address < b.address; });
  std::vector<MemoryBlock> out;
  std::uint64_t end = 0;
  for (MemoryBlock block : blocks) {
    block.size = std::min(block.size, ~block.address);
    const std::uint64_t covered = block.address < end ? end - block.address : 0;
    if (covered >= block.size) {
      continue;
    }
    out.push_back({block.address + covered, block.size - covered, block.offset + covered});
    end = block.address + block.size;
  }
  return out;
}

} // namespace

BlockMemory::BlockMemory(std::uint32_t pointer_size, BlockCache& cache, std::vector<MemoryBlock> blocks)
    : Memory(pointer_size), cache_(cache), blocks_(in_order(std::move(blocks))) {}

std::uint64_t BlockMemory::narrow(std::uint64_t address) const {
  return pointer_size() == 4 && address >> 32 == 0xffffffff ? address & 0xffffffff : address;
}

const MemoryBlock* BlockMemory::find(std::uint64_t address) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), address,
                       [](std::uint64_t value, const MemoryBlock& block) { return value < block.address; });
  if (after == blocks_.begin()) {
    return nullptr;
  }
  const MemoryBlock& block = *std::prev(after);
  return address - block.address < block.size ? &block : nullptr;
}

Translation BlockMemory::translate(std::uint64_t address) const {
  return {find(narrow(address)) != nullptr ? Presence::present : Presence::not_in_dump, 0};
}

Memory::Piece BlockMemory::read_piece(std::uint64_t address, std::span<std::byte> out) const {
  address = narrow(address);
  const MemoryBlock* block = find(address);
  if (block == nullptr) {
    return {Presence::not_in_dump, 0};
  }
  const std::uint64_t skip = address - block->address;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), block->size - skip));
  return {cache_.read(block->offset + skip, out.first(size)) ? Presence::present : Presence::not_in_dump,
          size};
}

} // namespace migstorm::kdump
