#include "tools/make_dump/sparse_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace migstorm::make_dump {

namespace {

class Descriptor {
public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const noexcept { return number_; }
  // Some file systems tell only now that a write failed.
  bool close() noexcept { return ::close(std::exchange(number_, -1)) == 0; }

private:
  int number_;
};

Error failure(const std::string& path, const char* what) {
  return {Errc::storage, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno))};
}

bool write_all(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

} // namespace

void SparseFile::put(std::uint64_t offset, std::span<const std::byte> bytes) {
  size_ = std::max(size_, offset + bytes.size());
  while (!bytes.empty()) {
    const std::uint64_t within = offset % kBlock;
    const std::size_t part = std::min<std::uint64_t>(bytes.size(), kBlock - within);
    Bytes& block = blocks_[offset / kBlock];
    block.resize(kBlock);
    make_dump::put(block, within, bytes.first(part));
    offset += part;
    bytes = bytes.subspan(part);
  }
}

void SparseFile::resize(std::uint64_t size) {
  blocks_.erase(blocks_.lower_bound(round_up(size, kBlock) / kBlock), blocks_.end());
  const auto last = blocks_.find(size / kBlock);
  if (last != blocks_.end()) {
    std::fill(last->second.begin() + static_cast<std::ptrdiff_t>(size % kBlock), last->second.end(),
              std::byte{});
  }
  size_ = size;
}

Bytes SparseFile::read(std::uint64_t offset, std::uint64_t size) const {
  Bytes out(size);
  for (std::uint64_t at = 0; at < size;) {
    const std::uint64_t within = (offset + at) % kBlock;
    const std::uint64_t part = std::min(size - at, kBlock - within);
    const auto block = blocks_.find((offset + at) / kBlock);
    if (block != blocks_.end()) {
      make_dump::put(out, at, std::span(block->second).subspan(within, part));
    }
    at += part;
  }
  return out;
}

Status SparseFile::write_to(const std::string& path) const {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.number() < 0) {
    return failure(path, "create");
  }
  if (::ftruncate(file.number(), static_cast<off_t>(size_)) != 0) {
    return failure(path, "make room");
  }
  for (const auto& [number, block] : blocks_) {
    const std::uint64_t offset = number * kBlock;
    const std::span<const std::byte> bytes(block);
    if (!write_all(file.number(), offset, bytes.first(std::min(kBlock, size_ - offset)))) {
      return failure(path, "write");
    }
  }
  if (!file.close()) {
    return failure(path, "close");
  }
  return Unit{};
}

} // namespace migstorm::make_dump
