// How large a console picture may be asked for.
#pragma once

#include <cstdint>
#include <optional>

namespace migstorm::watch {

struct ThumbnailSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  bool operator==(const ThumbnailSize&) const = default;
};

// WS-Management sends every byte of an array as an element of its own, two bytes to a pixel.
inline constexpr std::uint64_t kThumbnailByteXml = 30; // <p:ImageData>255</p:ImageData>
inline constexpr std::uint64_t kThumbnailEnvelope =
    4'096; // everything around them, with room for long addresses

// Bytes of the largest answer with a picture of this size.
constexpr std::uint64_t envelope_for(ThumbnailSize size) noexcept {
  return kThumbnailEnvelope + kThumbnailByteXml * 2 * size.width * size.height;
}

// The largest of the sizes in which stop screens are recognised whose answer fits an envelope of so many
// bytes whatever it shows; none where not even the smallest does. 153,600 bytes take 56x42, 512,000 take
// 96x72.
std::optional<ThumbnailSize> thumbnail_size(std::uint64_t max_envelope_size) noexcept;

} // namespace migstorm::watch
