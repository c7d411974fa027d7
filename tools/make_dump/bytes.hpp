// Little-endian fields in a buffer that the caller has made large enough: make_dump writes, it does not parse
// what others wrote. A field outside its buffer is a mistake of ours and ends the program.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace migstorm::make_dump {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kPageSize = 0x1000;

template <class T>
void put(std::span<std::byte> buffer, std::uint64_t offset, std::type_identity_t<T> value) {
  static_assert(std::is_integral_v<T>);
  assert(offset <= buffer.size() && sizeof(T) <= buffer.size() - offset);
  std::memcpy(buffer.data() + offset, &value, sizeof(T));
}

inline void put(std::span<std::byte> buffer, std::uint64_t offset, std::string_view text) {
  assert(offset <= buffer.size() && text.size() <= buffer.size() - offset);
  std::memcpy(buffer.data() + offset, text.data(), text.size());
}

inline void put(std::span<std::byte> buffer, std::uint64_t offset, std::span<const std::byte> bytes) {
  assert(offset <= buffer.size() && bytes.size() <= buffer.size() - offset);
  std::memcpy(buffer.data() + offset, bytes.data(), bytes.size());
}

// A pointer of `word` bytes: 4 or 8.
inline void put_word(std::span<std::byte> buffer, std::uint64_t offset, std::uint64_t value, unsigned word) {
  assert(offset <= buffer.size() && word <= buffer.size() - offset);
  std::memcpy(buffer.data() + offset, &value, word);
}

template <class T>
T get(std::span<const std::byte> buffer, std::uint64_t offset) {
  static_assert(std::is_integral_v<T>);
  assert(offset <= buffer.size() && sizeof(T) <= buffer.size() - offset);
  T value{};
  std::memcpy(&value, buffer.data() + offset, sizeof(T));
  return value;
}

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) noexcept {
  return (value + unit - 1) / unit * unit;
}

} // namespace migstorm::make_dump
