#include "analyzers/kdump/block_cache.hpp"

#include <algorithm>

namespace migstorm::kdump {

bool BlockCache::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > source_.size() || out.size() > source_.size() - offset) {
    return false;
  }
  if (out.size() > kBlockSize) { // large reads would only push out what is read again
    return fetch(offset, out) == out.size();
  }
  while (!out.empty()) {
    const Block& block = load(offset / kBlockSize);
    const auto skip = static_cast<std::size_t>(offset % kBlockSize);
    if (skip >= block.size) {
      return false;
    }
    const std::size_t size = std::min(block.size - skip, out.size());
    std::copy_n(block.bytes.begin() + static_cast<std::ptrdiff_t>(skip), size, out.begin());
    out = out.subspan(size);
    offset += size;
  }
  return true;
}

const BlockCache::Block& BlockCache::load(std::uint64_t number) {
  std::unique_ptr<Block>& slot = slots_[static_cast<std::size_t>(number % kSlots)];
  if (!slot) {
    slot = std::make_unique<Block>();
  } else if (slot->number == number && slot->size != 0) {
    return *slot;
  }
  slot->number = number;
  slot->size = fetch(number * kBlockSize, slot->bytes);
  return *slot;
}

std::size_t BlockCache::fetch(std::uint64_t offset, std::span<std::byte> out) {
  const Result<std::size_t> got = source_.read_at(offset, out);
  if (!got && failure_.empty()) {
    failure_ = got.error().detail;
  }
  return got ? *got : 0;
}

} // namespace migstorm::kdump
