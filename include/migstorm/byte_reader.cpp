#include <migstorm/byte_reader.hpp>

#include <fmt/format.h>

namespace migstorm {

Bytes ByteReader::take(std::uint64_t size) noexcept {
  if (!ok()) {
    return {};
  }
  if (size > remaining()) { // pos_ never passes the end, so remaining() cannot wrap
    fail(Errc::truncated, "ends inside a field");
    return {};
  }
  const Bytes field = bytes_.subspan(static_cast<std::size_t>(pos_), static_cast<std::size_t>(size));
  pos_ += size;
  return field;
}

ByteReader ByteReader::slice(std::uint64_t offset, std::uint64_t size, const char* what) const noexcept {
  ByteReader part({}, what, base_);
  if (!ok()) {
    part.fail(code_, fail_);
  } else if (offset > bytes_.size() || size > bytes_.size() - offset) {
    part.fail(Errc::truncated, "lies outside its container");
  } else {
    part.bytes_ = bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    part.base_ += offset;
  }
  return part;
}

std::uint32_t ByteReader::count(std::size_t element_size, std::uint32_t limit) noexcept {
  const auto n = le<std::uint32_t>();
  if (n > limit) {
    fail(Errc::over_limit, "element count over the limit");
  } else if (n > remaining() / element_size) {
    fail(Errc::truncated, "more elements than bytes");
  }
  return ok() ? n : 0;
}

void ByteReader::require(bool holds, const char* why) noexcept {
  if (ok() && !holds) {
    fail(Errc::malformed, why);
  }
}

Status ByteReader::finish() const {
  if (ok()) {
    return Unit{};
  }
  return Error{code_, fmt::format("{}: {}", what_, fail_), base_ + fail_pos_};
}

void ByteReader::fail(Errc code, const char* why) noexcept {
  if (ok()) {
    code_ = code;
    fail_ = why;
    fail_pos_ = pos_;
  }
}

} // namespace migstorm
