#include "harness/runtime/guid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace migstorm {

std::string format_guid(Random& random) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::uint64_t kVersion4 = 0x4000;
  constexpr std::uint64_t kVariant = std::uint64_t{2} << 62;
  const std::array<std::uint64_t, 2> halves = {(random.next() & ~std::uint64_t{0xF000}) | kVersion4,
                                               (random.next() >> 2) | kVariant};
  std::string text;
  text.reserve(36);
  for (std::size_t nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
      text.push_back('-');
    }
    text.push_back(kDigits[(halves[nibble / 16] >> (60 - 4 * (nibble % 16))) & 0xF]);
  }
  return text;
}

} // namespace migstorm
