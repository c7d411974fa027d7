// Small reads of a source, kept by blocks: page tables and list entries are read over and over.
#pragma once

#include "analyzers/kdump/byte_source.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace migstorm::kdump {

class BlockCache {
public:
  explicit BlockCache(ByteSource& source) : source_(source) {}

  // True when all of `out` was there. What lies past the end, or cannot be read, is absent.
  bool read(std::uint64_t offset, std::span<std::byte> out);

  std::uint64_t source_size() const { return source_.size(); }
  // The first failure of the source itself; empty while there was none.
  const std::string& failure() const noexcept { return failure_; }

private:
  static constexpr std::size_t kBlockSize = 0x1000;
  static constexpr std::size_t kSlots = 1024;

  struct Block {
    std::uint64_t number = 0;
    std::size_t size = 0; // shorter at the end of the source
    std::array<std::byte, kBlockSize> bytes;
  };

  const Block& load(std::uint64_t number);
  std::size_t fetch(std::uint64_t offset, std::span<std::byte> out);

  ByteSource& source_;
  std::array<std::unique_ptr<Block>, kSlots> slots_;
  std::string failure_;
};

} // namespace migstorm::kdump
