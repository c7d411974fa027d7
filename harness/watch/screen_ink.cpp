#include "harness/watch/screen_ink.hpp"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace migstorm::watch {
namespace {

constexpr int kFull = 255;
constexpr int kMixtureTolerance = 40; // grey text on navy is that far from the line to white
constexpr double kInkMin = 0.08;      // fainter is rounding
constexpr double kSolidMin = 0.85;
constexpr std::uint64_t kPixelsMax = 1'000'000;

std::uint16_t pixel_at(std::span<const std::uint8_t> pixels, std::size_t index) {
  return static_cast<std::uint16_t>(pixels[2 * index] | (pixels[2 * index + 1] << 8U));
}

// Five and six bits spread over the whole range.
ScreenColor color_of(std::uint16_t pixel) {
  const int red = pixel >> 11U;
  const int green = (pixel >> 5U) & 0x3f;
  const int blue = pixel & 0x1f;
  return {red * kFull / 31, green * kFull / 63, blue * kFull / 31};
}

std::uint16_t most_frequent(std::span<const std::uint8_t> pixels, std::size_t count) {
  std::unordered_map<std::uint16_t, std::size_t> seen; // look-ups, and a maximum that ties cannot change
  std::uint16_t best = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto pixel = pixel_at(pixels, i);
    if (++seen[pixel] > seen[best]) {
      best = pixel;
    }
  }
  return best;
}

// The share of white in a mixture of white and background; nothing if it is no such mixture.
std::optional<double> white_share(ScreenColor color, ScreenColor background) {
  const ScreenColor way{kFull - background.red, kFull - background.green, kFull - background.blue};
  const int length = way.red * way.red + way.green * way.green + way.blue * way.blue;
  if (length == 0) {
    return std::nullopt;
  }
  const int along = (color.red - background.red) * way.red + (color.green - background.green) * way.green +
                    (color.blue - background.blue) * way.blue;
  const double share = static_cast<double>(along) / length;
  const auto mixed = [share](int from, int distance) { return from + static_cast<int>(share * distance); };
  const ScreenColor expected{mixed(background.red, way.red), mixed(background.green, way.green),
                             mixed(background.blue, way.blue)};
  return near(color, expected, kMixtureTolerance) && share > -kInkMin ? std::optional(share) : std::nullopt;
}

void add_ink(InkRow& row, std::uint32_t column) {
  row.left = row.empty() ? column : row.left;
  row.right = column + 1;
  ++row.inked;
}

} // namespace

bool near(ScreenColor one, ScreenColor other, int tolerance) noexcept {
  return std::abs(one.red - other.red) <= tolerance && std::abs(one.green - other.green) <= tolerance &&
         std::abs(one.blue - other.blue) <= tolerance;
}

std::uint32_t ScreenInk::first_row() const noexcept {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const InkRow& row) { return !row.empty(); });
  return static_cast<std::uint32_t>(found - rows.begin());
}

std::uint32_t ScreenInk::last_row() const noexcept {
  const auto found = std::find_if(rows.rbegin(), rows.rend(), [](const InkRow& row) { return !row.empty(); });
  return static_cast<std::uint32_t>(rows.rend() - found);
}

std::uint32_t ScreenInk::left() const noexcept {
  auto least = width;
  for (const InkRow& row : rows) {
    least = row.empty() ? least : std::min(least, row.left);
  }
  return least;
}

std::uint32_t ScreenInk::right() const noexcept {
  std::uint32_t most = 0;
  for (const InkRow& row : rows) {
    most = std::max(most, row.right);
  }
  return most;
}

std::optional<ScreenInk> read_ink(std::span<const std::uint8_t> pixels, std::uint32_t width,
                                  std::uint32_t height) {
  const auto count = std::uint64_t{width} * height;
  if (count == 0 || count > kPixelsMax || pixels.size() != 2 * count) {
    return std::nullopt;
  }
  ScreenInk ink;
  ink.width = width;
  ink.height = height;
  ink.background = color_of(most_frequent(pixels, count));
  ink.rows.resize(height);
  const double unit = 1.0 / static_cast<double>(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto share = white_share(color_of(pixel_at(pixels, i)), ink.background);
    if (share && *share <= kInkMin) {
      ink.plain += unit;
      continue;
    }
    add_ink(ink.rows[i / width], i % width);
    ink.foreign += share ? 0 : unit;
    ink.inked += share ? unit : 0;
    ink.solid += share && *share >= kSolidMin ? unit : 0;
  }
  return ink;
}

} // namespace migstorm::watch
