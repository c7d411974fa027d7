// A file of which only the written parts take room, in memory and on disk: 64 GiB of dump fit in a megabyte.
#pragma once

#include "tools/make_dump/bytes.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace migstorm::make_dump {

class SparseFile {
public:
  void put(std::uint64_t offset, std::span<const std::byte> bytes); // grows the file; later writes win
  void resize(std::uint64_t size);
  std::uint64_t size() const noexcept { return size_; }

  Bytes read(std::uint64_t offset, std::uint64_t size) const; // zeros where nothing was written
  Status write_to(const std::string& path) const;

private:
  static constexpr std::uint64_t kBlock = kPageSize;

  std::map<std::uint64_t, Bytes> blocks_; // by block number, each of full length
  std::uint64_t size_ = 0;
};

} // namespace migstorm::make_dump
