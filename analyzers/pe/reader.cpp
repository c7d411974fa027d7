#include "analyzers/pe/reader.hpp"

#include <algorithm>

namespace migstorm::pe {

// In small pieces: the bytes behind a name may be absent where the name is not.
std::optional<std::string> read_name(const ImageReader& read, std::uint64_t rva, std::size_t size_max) {
  constexpr std::size_t kPiece = 16;
  std::string name;
  while (name.size() < size_max) {
    std::array<std::byte, kPiece> bytes{};
    const std::size_t size = kPiece - (rva + name.size()) % kPiece;
    if (!read(rva + name.size(), std::span(bytes).first(size))) {
      return std::nullopt;
    }
    for (const std::byte byte : std::span(bytes).first(size)) {
      if (byte == std::byte{}) {
        return name;
      }
      name += std::to_integer<char>(byte);
    }
  }
  return std::nullopt;
}

} // namespace migstorm::pe
