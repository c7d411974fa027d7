#include "harness/gather/cached_source.hpp"

#include <algorithm>

namespace migstorm::gather {

Result<std::size_t> CachedSource::fetch(std::uint64_t offset, std::span<std::byte> out) {
  if (out.size() > kBlockSize * 4) { // would only push out what is read again
    return far_.read_at(offset, out);
  }
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = offset + done;
    const Result<const std::vector<std::byte>*> bytes = block(at / kBlockSize);
    if (!bytes) {
      return bytes.error();
    }
    const auto skip = static_cast<std::size_t>(at % kBlockSize);
    if (skip >= (*bytes)->size()) {
      break;
    }
    const std::size_t size = std::min((*bytes)->size() - skip, out.size() - done);
    std::copy_n((*bytes)->begin() + static_cast<std::ptrdiff_t>(skip), size,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  return done;
}

Result<const std::vector<std::byte>*> CachedSource::block(std::uint64_t number) {
  if (const auto known = known_.find(number); known != known_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
    return &recent_.front().second;
  }
  std::vector<std::byte> bytes(kBlockSize);
  const Result<std::size_t> got = far_.read_at(number * kBlockSize, bytes);
  if (!got) {
    return got.error();
  }
  bytes.resize(*got);
  if (recent_.size() == kBlocksMax) {
    known_.erase(recent_.back().first);
    recent_.pop_back();
  }
  recent_.emplace_front(number, std::move(bytes));
  known_[number] = recent_.begin();
  return &recent_.front().second;
}

} // namespace migstorm::gather
