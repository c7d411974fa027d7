// Reading an image by RVA, whatever holds it: a dump's memory, a file, a file of a symbol store.
#pragma once

#include "analyzers/kdump/memory.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string>

namespace migstorm::pe {

using kdump::ImageReader;

template <std::unsigned_integral T>
std::optional<T> read_le(const ImageReader& read, std::uint64_t rva) {
  std::array<std::byte, sizeof(T)> bytes{};
  if (!read(rva, bytes)) {
    return std::nullopt;
  }
  return ByteReader(bytes, "image").le<T>();
}

// Up to the NUL; nothing if there is none within `size_max` bytes.
std::optional<std::string> read_name(const ImageReader& read, std::uint64_t rva, std::size_t size_max);

} // namespace migstorm::pe
