// A bounds-checked cursor over bytes nobody vouches for.
#pragma once

#include <migstorm/result.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace migstorm {

using Bytes = std::span<const std::byte>;

// The first failure sticks: later reads yield zero and move nothing, so a run of
// fields is read straight through and checked once. A value that will size, index
// or bound anything comes from count() or slice(), which validate it on the spot.
class ByteReader {
public:
  // `what` names the region in messages and must outlive the reader (a literal).
  ByteReader(Bytes bytes, const char* what, std::uint64_t base = 0) noexcept
      : bytes_(bytes), base_(base), what_(what) {}

  template <std::unsigned_integral T>
  T le() noexcept {
    const Bytes field = take(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
      value |= static_cast<T>(std::to_integer<T>(field[i]) << (8 * i));
    }
    return value;
  }

  Bytes take(std::uint64_t size) noexcept;
  ByteReader slice(std::uint64_t offset, std::uint64_t size, const char* what) const noexcept;

  // Reads a 32-bit element count; 0 (and an error) unless that many fit in what is left.
  std::uint32_t count(std::size_t element_size, std::uint32_t limit) noexcept;

  void require(bool holds, const char* why) noexcept;

  bool ok() const noexcept { return fail_ == nullptr; }
  std::uint64_t remaining() const noexcept { return bytes_.size() - pos_; }
  Status finish() const;

private:
  void fail(Errc code, const char* why) noexcept;

  Bytes bytes_;
  std::uint64_t pos_ = 0;
  std::uint64_t base_;
  const char* what_;
  const char* fail_ = nullptr; // why reading stopped; null while all is well
  std::uint64_t fail_pos_ = 0;
  Errc code_{};
};

} // namespace migstorm
