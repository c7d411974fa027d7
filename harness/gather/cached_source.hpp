// Small reads of something far away, answered from larger blocks that are kept.
#pragma once

#include "analyzers/kdump/byte_source.hpp"

#include <list>
#include <unordered_map>

namespace migstorm::gather {

class CachedSource final : public kdump::ByteSource {
public:
  static constexpr std::size_t kBlockSize = 64 << 10;
  static constexpr std::size_t kBlocksMax = 512;

  // `far` outlives this.
  explicit CachedSource(kdump::ByteSource& far) : far_(far) {}
  std::uint64_t size() const override { return far_.size(); }

private:
  using Blocks = std::list<std::pair<std::uint64_t, std::vector<std::byte>>>;

  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override;
  Result<const std::vector<std::byte>*> block(std::uint64_t number);

  kdump::ByteSource& far_;
  Blocks recent_; // the latest first
  std::unordered_map<std::uint64_t, Blocks::iterator> known_;
};

} // namespace migstorm::gather
