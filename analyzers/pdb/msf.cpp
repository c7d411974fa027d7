#include "analyzers/pdb/msf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace migstorm::pdb {
namespace {

constexpr std::string_view kMagic("Microsoft C/C++ MSF 7.00\r\n\x1a"
                                  "DS\0\0\0",
                                  32);
constexpr std::uint32_t kNil = 0xffffffff; // size of a stream that is not there

bool is_magic(Bytes bytes) {
  return std::equal(kMagic.begin(), kMagic.end(), bytes.begin(),
                    [](char a, std::byte b) { return a == std::to_integer<char>(b); });
}

} // namespace

Result<Msf> Msf::open(std::shared_ptr<kdump::ByteSource> file) {
  std::array<std::byte, 56> bytes{};
  const Result<std::size_t> got = file->read_at(0, bytes);
  if (!got) {
    return got.error();
  }
  if (*got < bytes.size() || !is_magic(bytes)) {
    return Error{Errc::unsupported, "not a PDB of version 7", 0};
  }
  ByteReader reader(Bytes(bytes).subspan(kMagic.size()), "PDB superblock", kMagic.size());
  Msf msf;
  msf.file_ = std::move(file);
  msf.block_size_ = reader.le<std::uint32_t>();
  reader.take(4); // which free block map is used
  msf.block_count_ = reader.le<std::uint32_t>();
  const auto directory_bytes = reader.le<std::uint32_t>();
  reader.take(4);
  const auto map_block = reader.le<std::uint32_t>();
  const std::uint32_t size = msf.block_size_;
  if (size < 512 || size > 65536 || (size & (size - 1)) != 0) {
    return Error{Errc::malformed, fmt::format("PDB superblock: block size {}", size), kMagic.size()};
  }
  if (directory_bytes > kDirectoryBytesMax) {
    return Error{Errc::over_limit,
                 fmt::format("PDB directory of {} bytes, limit {}", directory_bytes, kDirectoryBytesMax)};
  }
  if (Status status = msf.read_directory(directory_bytes, map_block); !status) {
    return std::move(status).error().within("PDB directory");
  }
  return msf;
}

Status Msf::read_blocks(std::span<const std::uint32_t> blocks, std::uint32_t skip,
                        std::span<std::byte> out) const {
  while (!out.empty()) {
    const std::uint32_t index = skip / block_size_;
    const std::uint32_t within = skip % block_size_;
    if (index >= blocks.size() || blocks[index] >= block_count_) {
      return Error{Errc::malformed, "a block lies outside the file"};
    }
    const std::size_t size = std::min<std::size_t>(out.size(), block_size_ - within);
    const std::uint64_t offset = std::uint64_t{blocks[index]} * block_size_ + within;
    const Result<std::size_t> got = file_->read_at(offset, out.first(size));
    if (!got) {
      return got.error();
    }
    if (*got < size) {
      return Error{Errc::truncated, "the file ends inside a block", offset + *got};
    }
    out = out.subspan(size);
    skip += static_cast<std::uint32_t>(size);
  }
  return Unit{};
}

Result<std::vector<std::uint32_t>> Msf::read_words(const std::vector<std::uint32_t>& blocks,
                                                   std::uint32_t bytes) const {
  std::vector<std::byte> raw(bytes / 4 * std::size_t{4});
  if (Status status = read_blocks(blocks, 0, raw); !status) {
    return std::move(status).error();
  }
  ByteReader reader(raw, "PDB directory");
  std::vector<std::uint32_t> words(bytes / 4);
  std::generate(words.begin(), words.end(), [&reader] { return reader.le<std::uint32_t>(); });
  return words;
}

// The map lists the directory's blocks, and the directory lists every stream's.
Status Msf::read_directory(std::uint32_t bytes, std::uint32_t map_block) {
  const std::uint32_t map_words = blocks_for(bytes);
  std::vector<std::uint32_t> map_blocks(blocks_for(map_words * 4));
  std::generate(map_blocks.begin(), map_blocks.end(), [next = map_block]() mutable { return next++; });
  const Result<std::vector<std::uint32_t>> map = read_words(map_blocks, map_words * 4);
  if (!map) {
    return map.error();
  }
  Result<std::vector<std::uint32_t>> words = read_words(*map, bytes);
  if (!words) {
    return std::move(words).error();
  }
  if (words->empty() || words->front() > kStreamsMax || words->front() >= words->size()) {
    return Error{Errc::malformed, fmt::format("{} streams in {} bytes, limit {}",
                                              words->empty() ? 0 : words->front(), bytes, kStreamsMax)};
  }
  const std::uint32_t count = words->front();
  std::uint64_t at = 1 + std::uint64_t{count};
  streams_.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t size = (*words)[1 + i] == kNil ? 0 : (*words)[1 + i];
    streams_.push_back({size, static_cast<std::uint32_t>(at)});
    at += blocks_for(size);
    if (at > words->size()) {
      return Error{Errc::truncated, fmt::format("the blocks of stream {} are missing", i)};
    }
  }
  blocks_ = std::move(*words);
  return Unit{};
}

std::uint32_t Msf::size_of(std::uint32_t stream) const noexcept {
  return stream < streams_.size() ? streams_[stream].size : 0;
}

Result<std::vector<std::byte>> Msf::read(std::uint32_t stream) const {
  return read(stream, 0, size_of(stream));
}

Result<std::vector<std::byte>> Msf::read(std::uint32_t stream, std::uint32_t offset,
                                         std::uint32_t size) const {
  const std::uint32_t whole = size_of(stream);
  if (offset > whole || size > whole - offset) {
    return Error{Errc::truncated, fmt::format("PDB stream {} has {} bytes, {} are wanted from {}", stream,
                                              whole, size, offset)};
  }
  if (size > kStreamBytesMax) {
    return Error{Errc::over_limit,
                 fmt::format("PDB stream {}: {} bytes, limit {}", stream, size, kStreamBytesMax)};
  }
  std::vector<std::byte> bytes(size);
  if (size == 0) {
    return bytes;
  }
  const std::span<const std::uint32_t> blocks(blocks_.data() + streams_[stream].first, blocks_for(whole));
  if (Status status = read_blocks(blocks, offset, bytes); !status) {
    return std::move(status).error().within(fmt::format("PDB stream {}", stream));
  }
  return bytes;
}

} // namespace migstorm::pdb
