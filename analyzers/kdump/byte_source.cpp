#include "analyzers/kdump/byte_source.hpp"

#include "analyzers/kdump/open_file.hpp"

#include <algorithm>

namespace migstorm::kdump {

Result<std::size_t> ByteSource::read_at(std::uint64_t offset, std::span<std::byte> out) {
  const std::uint64_t end = size();
  if (offset >= end || out.empty()) {
    return std::size_t{0};
  }
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), end - offset));
  Result<std::size_t> got = fetch(offset, out.first(wanted));
  if (got) {
    bytes_read_ += *got;
  }
  return got;
}

Result<std::size_t> SpanSource::fetch(std::uint64_t offset, std::span<std::byte> out) {
  const Bytes from = bytes_.subspan(static_cast<std::size_t>(offset), out.size());
  std::copy(from.begin(), from.end(), out.begin());
  return out.size();
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  Result<FileHandle> file = open_for_reading(path);
  if (!file) {
    return std::move(file).error();
  }
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(*std::move(file)));
}

} // namespace migstorm::kdump
