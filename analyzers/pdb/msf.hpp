// The container of PDB 7 files: streams cut into blocks ("MSF 7.00").
#pragma once

#include "analyzers/kdump/byte_source.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace migstorm::pdb {

inline constexpr std::uint32_t kStreamsMax = 65536;
inline constexpr std::uint32_t kDirectoryBytesMax = 8u << 20; // of a PDB of 8 GiB
inline constexpr std::uint32_t kStreamBytesMax = 48u << 20;   // the kernel's symbol records are 5 MiB

class Msf {
public:
  // unsupported: no PDB 7; malformed, truncated, over_limit: as they say.
  static Result<Msf> open(std::shared_ptr<kdump::ByteSource> file);

  std::size_t streams() const noexcept { return streams_.size(); }
  // 0 for streams that are not there.
  std::uint32_t size_of(std::uint32_t stream) const noexcept;
  Result<std::vector<std::byte>> read(std::uint32_t stream) const;
  // Part of a stream; an error where it ends before.
  Result<std::vector<std::byte>> read(std::uint32_t stream, std::uint32_t offset, std::uint32_t size) const;

private:
  struct Stream {
    std::uint32_t size = 0;
    std::uint32_t first = 0; // into blocks_
  };
  Result<std::vector<std::uint32_t>> read_words(const std::vector<std::uint32_t>& blocks,
                                                std::uint32_t bytes) const;
  Status read_blocks(std::span<const std::uint32_t> blocks, std::uint32_t skip,
                     std::span<std::byte> out) const;
  Status read_directory(std::uint32_t bytes, std::uint32_t map_block);
  std::uint32_t blocks_for(std::uint32_t bytes) const noexcept {
    return bytes / block_size_ + (bytes % block_size_ != 0 ? 1 : 0);
  }

  std::shared_ptr<kdump::ByteSource> file_;
  std::uint32_t block_size_ = 4096;
  std::uint32_t block_count_ = 0;
  std::vector<Stream> streams_;
  std::vector<std::uint32_t> blocks_; // of all streams, one after the other
};

} // namespace migstorm::pdb
