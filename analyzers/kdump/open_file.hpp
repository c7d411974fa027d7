// Files of the operating system, read at offsets.
#pragma once

#include "analyzers/kdump/byte_source.hpp"

#include <string>
#include <utility>

namespace migstorm::kdump {

// Owns a file descriptor.
class FileHandle {
public:
  FileHandle() = default;
  explicit FileHandle(int descriptor, std::string name) noexcept
      : name_(std::move(name)), descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept
      : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(name_, other.name_);
    return *this;
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();

  int get() const noexcept { return descriptor_; }
  const std::string& name() const noexcept { return name_; }

  Result<std::uint64_t> size() const;
  // Short only at the end of the file.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;
  Status write_at(std::uint64_t offset, Bytes bytes) const;
  Status set_size(std::uint64_t bytes) const;

private:
  std::string name_;
  int descriptor_ = -1;
};

// Regular files only: a pipe or a device would block, or never end.
Result<FileHandle> open_for_reading(const std::string& path);

// A file without a name, in `folder` (empty: TMPDIR, else /var/tmp); it is gone when the handle is.
Result<FileHandle> open_temporary(const std::string& folder);

class FileSource final : public ByteSource {
public:
  explicit FileSource(FileHandle file);
  std::uint64_t size() const override { return size_; }
  using ByteSource::remark;

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    return file_.read_at(offset, out);
  }

  FileHandle file_;
  std::uint64_t size_ = 0;
};

} // namespace migstorm::kdump
