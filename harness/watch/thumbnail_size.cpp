#include "harness/watch/thumbnail_size.hpp"

#include <algorithm>
#include <array>

namespace migstorm::watch {
namespace {

constexpr std::array kSizes{ThumbnailSize{96, 72}, ThumbnailSize{80, 60}, ThumbnailSize{56, 42}};

} // namespace

std::optional<ThumbnailSize> thumbnail_size(std::uint64_t max_envelope_size) noexcept {
  const auto* const found = std::find_if(kSizes.begin(), kSizes.end(), [&](ThumbnailSize size) {
    return envelope_for(size) <= max_envelope_size;
  });
  return found == kSizes.end() ? std::nullopt : std::optional(*found);
}

} // namespace migstorm::watch
