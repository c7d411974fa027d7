#include "analyzers/pe/file_layout.hpp"

#include <algorithm>

namespace migstorm::pe {
namespace {

bool read_exact(kdump::ByteSource& file, std::uint64_t offset, std::span<std::byte> out) {
  const Result<std::size_t> got = file.read_at(offset, out);
  return got && *got == out.size();
}

class Layout {
public:
  Layout(std::shared_ptr<kdump::ByteSource> file, const Headers& headers)
      : file_(std::move(file)), headers_size_(headers.size_of_headers), sections_(headers.sections) {}

  bool operator()(std::uint64_t rva, std::span<std::byte> out) const {
    if (out.empty()) {
      return true;
    }
    if (rva < headers_size_ && out.size() <= headers_size_ - rva) {
      return read_exact(*file_, rva, out);
    }
    for (const Section& section : sections_) {
      const std::uint64_t size = std::max(section.size, section.file_size);
      if (rva >= section.rva && rva - section.rva < size && out.size() <= size - (rva - section.rva)) {
        return read_section(section, rva - section.rva, out);
      }
    }
    return false;
  }

private:
  bool read_section(const Section& section, std::uint64_t at, std::span<std::byte> out) const {
    const std::uint64_t in_file = at < section.file_size ? section.file_size - at : 0;
    const std::size_t from_file = std::min<std::uint64_t>(out.size(), in_file);
    if (from_file > 0 && !read_exact(*file_, section.file_offset + at, out.first(from_file))) {
      return false;
    }
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(from_file), out.end(), std::byte{});
    return true;
  }

  std::shared_ptr<kdump::ByteSource> file_;
  std::uint64_t headers_size_;
  std::vector<Section> sections_;
};

} // namespace

Result<LoadedFile> lay_out(std::shared_ptr<kdump::ByteSource> file) {
  const ImageReader flat = [file](std::uint64_t offset, std::span<std::byte> out) {
    return read_exact(*file, offset, out);
  };
  Result<Headers> headers = read_headers(flat);
  if (!headers) {
    return std::move(headers).error();
  }
  LoadedFile loaded;
  loaded.read = Layout(std::move(file), *headers);
  loaded.headers = std::move(*headers);
  return loaded;
}

} // namespace migstorm::pe
