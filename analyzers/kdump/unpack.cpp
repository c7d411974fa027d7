#include "analyzers/kdump/unpack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace migstorm::kdump {
namespace {

constexpr std::size_t kReadSize = std::size_t{256} * 1024;
constexpr std::uint32_t kArchiveEntriesMax = 1024;
constexpr std::uint64_t kHoleSize = 0x1000;

struct ArchiveEnd {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, ArchiveEnd>;

std::string reason(archive* reader) {
  const char* text = archive_error_string(reader);
  return text != nullptr ? text : "unknown reason";
}

// What libarchive pulls its input from.
struct Input {
  const FileHandle& file;
  std::uint64_t position = 0;
  std::vector<std::byte> buffer = std::vector<std::byte>(kReadSize);
};

la_ssize_t pull(archive* reader, void* context, const void** block) {
  Input& input = *static_cast<Input*>(context);
  const Result<std::size_t> got = input.file.read_at(input.position, input.buffer);
  if (!got) {
    archive_set_error(reader, EIO, "%s", got.error().detail.c_str());
    return ARCHIVE_FATAL;
  }
  input.position += *got;
  *block = input.buffer.data();
  return static_cast<la_ssize_t>(*got);
}

bool has_entries(Packing packing) noexcept { return packing == Packing::zip || packing == Packing::cab; }

// Only what the packing needs: every other decoder of the library stays out of reach of the file.
Result<Archive> open_archive(Input& input, Packing packing) {
  Archive reader(archive_read_new());
  if (packing == Packing::zip) {
    archive_read_support_format_zip_streamable(reader.get());
  } else if (packing == Packing::cab) {
    archive_read_support_format_cab(reader.get());
  } else {
    archive_read_support_format_raw(reader.get());
    if (packing == Packing::gzip) {
      archive_read_support_filter_gzip(reader.get());
    } else {
      archive_read_support_filter_zstd(reader.get());
    }
  }
  if (archive_read_open(reader.get(), &input, nullptr, pull, nullptr) != ARCHIVE_OK) {
    return Error{Errc::malformed, fmt::format("cannot be unpacked: {}", reason(reader.get()))};
  }
  return reader;
}

// Fills a file from pieces that come in order.
class Unpacked {
public:
  Unpacked(FileHandle file, std::uint64_t bytes_max) : file_(std::move(file)), bytes_max_(bytes_max) {}

  Status append(Bytes piece, std::uint64_t offset) {
    if (offset > bytes_max_ || piece.size() > bytes_max_ - offset) {
      return Error{Errc::over_limit, fmt::format("unpacks to more than {} bytes", bytes_max_)};
    }
    size_ = std::max(size_, offset + piece.size());
    while (!piece.empty()) {
      const auto part = piece.first(
          static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), kHoleSize - offset % kHoleSize)));
      if (!all_zero(part)) {
        if (Status put = file_.write_at(offset, part); !put) {
          return put;
        }
      }
      offset += part.size();
      piece = piece.subspan(part.size());
    }
    return Unit{};
  }

  std::uint64_t size() const noexcept { return size_; }

  Result<std::unique_ptr<FileSource>> finish() && {
    if (Status sized = file_.set_size(size_); !sized) {
      return std::move(sized).error();
    }
    return std::make_unique<FileSource>(std::move(file_));
  }

private:
  static bool all_zero(Bytes bytes) {
    // Each byte equals the one before, and the first is zero.
    return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
  }

  FileHandle file_;
  std::uint64_t bytes_max_;
  std::uint64_t size_ = 0;
};

bool looks_like_kernel_dump(Bytes start) {
  return start.size() >= 8 &&
         (std::memcmp(start.data(), "PAGEDU64", 8) == 0 || std::memcmp(start.data(), "PAGEDUMP", 8) == 0);
}

struct Extracted {
  bool taken = false;
  std::string remark; // why it ended early
};

// Copies the entry the reader stands at. With `only_dumps`, one that does not begin as a kernel dump is left.
Result<Extracted> extract(archive* reader, Unpacked& out, bool only_dumps) {
  for (bool first = true;; first = false) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int rc = archive_read_data_block(reader, &data, &size, &offset);
    if (rc == ARCHIVE_EOF) {
      return Extracted{!first, {}};
    }
    if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
      return Extracted{!first,
                       fmt::format("unpacking broke off after {} bytes: {}", out.size(), reason(reader))};
    }
    const Bytes piece(static_cast<const std::byte*>(data), size);
    if (first && only_dumps && !looks_like_kernel_dump(piece)) {
      return Extracted{};
    }
    if (Status put = out.append(piece, static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0))); !put) {
      return std::move(put).error();
    }
  }
}

// One pass over the entries; nothing taken means that no entry would do.
Result<Extracted> extract_first(const FileHandle& packed, Packing packing, Unpacked& out, bool only_dumps) {
  Input input{packed};
  Result<Archive> reader = open_archive(input, packing);
  if (!reader) {
    return std::move(reader).error();
  }
  std::uint32_t files = 0;
  for (std::uint32_t i = 0; i < kArchiveEntriesMax; ++i) {
    archive_entry* entry = nullptr;
    const int rc = archive_read_next_header(reader->get(), &entry);
    if (rc == ARCHIVE_EOF) {
      return Extracted{};
    }
    if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
      return Error{Errc::malformed, fmt::format("cannot be unpacked: {}", reason(reader->get()))};
    }
    if (archive_entry_is_encrypted(entry) != 0) {
      return Error{Errc::unsupported, "the archive is protected by a password"};
    }
    if (has_entries(packing) && archive_entry_filetype(entry) != AE_IFREG) {
      continue;
    }
    Result<Extracted> got = extract(reader->get(), out, only_dumps);
    if (!got || got->taken) {
      return got;
    }
    ++files;
  }
  return Error{Errc::over_limit, fmt::format("more than {} entries in the archive", kArchiveEntriesMax)};
}

} // namespace

Packing packing_of(Bytes start) {
  const auto begins = [start](std::initializer_list<unsigned> magic) {
    return start.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), start.begin(),
                      [](unsigned a, std::byte b) { return std::byte(a) == b; });
  };
  if (begins({0x1f, 0x8b, 8})) {
    return Packing::gzip;
  }
  if (begins({0x28, 0xb5, 0x2f, 0xfd})) {
    return Packing::zstd;
  }
  if (begins({'M', 'S', 'C', 'F', 0, 0, 0, 0})) {
    return Packing::cab;
  }
  // The second is an archive of nothing.
  return begins({'P', 'K', 3, 4}) || begins({'P', 'K', 5, 6}) ? Packing::zip : Packing::none;
}

Result<std::unique_ptr<ByteSource>> unpack(const FileHandle& packed, Packing packing,
                                           const UnpackOptions& options) {
  Result<FileHandle> temporary = open_temporary(options.temporary_folder);
  if (!temporary) {
    return std::move(temporary).error();
  }
  Unpacked out(*std::move(temporary), options.unpacked_bytes_max);
  Result<Extracted> got = extract_first(packed, packing, out, has_entries(packing));
  if (got && !got->taken && has_entries(packing)) {
    got = extract_first(packed, packing, out, false);
  }
  if (!got) {
    return std::move(got).error();
  }
  if (out.size() == 0) {
    return Error{Errc::malformed, got->remark.empty() ? "there is nothing in the archive" : got->remark};
  }
  Result<std::unique_ptr<FileSource>> source = std::move(out).finish();
  if (!source) {
    return std::move(source).error();
  }
  if (!got->remark.empty()) {
    (*source)->remark(got->remark);
  }
  return std::unique_ptr<ByteSource>(*std::move(source));
}

Result<std::unique_ptr<ByteSource>> open_dump_file(const std::string& path, const UnpackOptions& options) {
  Result<FileHandle> file = open_for_reading(path);
  if (!file) {
    return std::move(file).error();
  }
  std::array<std::byte, 8> start{};
  const Result<std::size_t> got = file->read_at(0, start);
  if (!got) {
    return got.error();
  }
  const Packing packing = packing_of(Bytes(start).first(*got));
  if (packing == Packing::none) {
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(*std::move(file)));
  }
  if (packing == Packing::zstd) {
    Result<std::unique_ptr<ByteSource>> packed = open_file(path);
    Result<std::unique_ptr<ByteSource>> seekable =
        packed ? open_seekable_zstd(*std::move(packed)) : std::move(packed);
    if (!seekable || *seekable) {
      return seekable;
    }
  }
  Result<std::unique_ptr<ByteSource>> source = unpack(*file, packing, options);
  return source ? std::move(source) : std::move(source).error().within(path);
}

} // namespace migstorm::kdump
