#include "harness/gather/partial_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace migstorm::gather {
namespace {

std::string partial(const std::string& path) { return path + ".partial"; }
std::string identity(const std::string& path) { return path + ".partial.of"; }

std::string describe(const Original& original) {
  return fmt::format("migstorm partial copy 1\nfile {} {}\nsize {}\nheader {}\n", original.facts.size,
                     original.facts.modified_ns, original.size, original.header_sha256);
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Error failed_at(const std::string& path, const char* what) {
  return {Errc::storage, fmt::format("{}: {}: {}", path, what, std::generic_category().message(errno))};
}

Status sync_folder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
  Status status = done ? Status(Unit{}) : Status(failed_at(folder, "cannot be made durable"));
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  return status;
}

Status write_identity(const std::string& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return failed_at(path, "cannot be written");
  }
  const bool done = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    ::fsync(descriptor) == 0;
  Status status = done ? Status(Unit{}) : Status(failed_at(path, "cannot be written"));
  ::close(descriptor);
  return status;
}

} // namespace

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Error PartialFile::failed(const char* what) const { return failed_at(partial(path_), what); }

Result<std::unique_ptr<PartialFile>> PartialFile::open(const std::string& path, const Original& original) {
  if (::access(path.c_str(), F_OK) == 0) {
    return Error{Errc::storage, fmt::format("{} is there already and is not replaced", path)};
  }
  if (original.size > SeekableZstd::kFileMax) {
    return Error{Errc::over_limit, fmt::format("{} bytes, limit {}", original.size, SeekableZstd::kFileMax)};
  }
  const std::string ours = describe(original);
  const bool same = read_text(identity(path)) == ours;
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (same ? 0 : O_TRUNC);
  std::unique_ptr<PartialFile> file(new PartialFile(path, ::open(partial(path).c_str(), flags, 0600)));
  if (file->descriptor_ < 0) {
    return file->failed("cannot be written");
  }
  if (!same) {
    // Truncated before it says whose it is: frames of two originals never meet.
    if (::fsync(file->descriptor_) != 0) {
      return file->failed("cannot be written");
    }
    if (Status written = write_identity(identity(path), ours); !written) {
      return std::move(written).error();
    }
    return file;
  }
  if (Status read = file->read_back(); !read) {
    return std::move(read).error();
  }
  return file;
}

Status PartialFile::read_back() {
  std::vector<std::byte> packed(packed_frame_max());
  std::vector<std::byte> raw(SeekableZstd::kFrameSize);
  for (;;) {
    const ssize_t got = ::pread(descriptor_, packed.data(), packed.size(), static_cast<off_t>(packed_size_));
    if (got < 0) {
      return failed("cannot be read");
    }
    const auto frame = unpack_frame(Bytes(packed).first(static_cast<std::size_t>(got)), raw);
    if (!frame ||
        frame->raw != SeekableZstd::kFrameSize) { // a shorter one is the last, and quickly done again
      break;
    }
    hash_.add(Bytes(raw).first(frame->raw));
    packer_.adopt(frame->packed, frame->raw);
    raw_size_ += frame->raw;
    packed_size_ += frame->packed;
  }
  return ::ftruncate(descriptor_, static_cast<off_t>(packed_size_)) == 0 ? Status(Unit{})
                                                                         : Status(failed("cannot be cut"));
}

Status PartialFile::write(Bytes bytes) {
  std::uint64_t at = packed_size_;
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return failed("cannot be written");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
  packed_size_ = at;
  return Unit{};
}

Status PartialFile::append(Bytes raw) {
  const Bytes packed = packer_.pack(raw);
  if (Status written = write(packed); !written) {
    return written;
  }
  hash_.add(raw);
  raw_size_ += raw.size();
  return Unit{};
}

Result<std::string> PartialFile::finish() {
  const std::vector<std::byte> table = packer_.table();
  if (Status written = write(table); !written) {
    return std::move(written).error();
  }
  if (::fsync(descriptor_) != 0) {
    return failed("cannot be made durable");
  }
  if (::renameat2(AT_FDCWD, partial(path_).c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) {
    return failed_at(path_, "cannot be put in its place");
  }
  std::error_code ignored;
  std::filesystem::remove(identity(path_), ignored);
  if (Status durable = sync_folder(path_); !durable) {
    return std::move(durable).error();
  }
  return hash_.finish();
}

void PartialFile::discard() noexcept {
  std::error_code ignored;
  std::filesystem::remove(partial(path_), ignored);
  std::filesystem::remove(identity(path_), ignored);
}

} // namespace migstorm::gather
