#include "harness/watch/thumbnail_size.hpp"

#include <algorithm>
#include <array>

namespace migstorm::watch {
namespace {

constexpr std::array kSizes{ThumbnailSize{96, 72}, ThumbnailSize{80, 60}, ThumbnailSize{56, 42}};

constexpr std::uint64_t answer_size(ThumbnailSize size) {
  return kThumbnailEnvelope + kThumbnailByteXml * 2 * size.width * size.height;
}

} // namespace

std::optional<ThumbnailSize> thumbnail_size(std::uint64_t max_envelope_size) noexcept {
  const auto* const found = std::find_if(kSizes.begin(), kSizes.end(), [&](ThumbnailSize size) {
    return answer_size(size) <= max_envelope_size;
  });
  return found == kSizes.end() ? std::nullopt : std::optional(*found);
}

} // namespace migstorm::watch
