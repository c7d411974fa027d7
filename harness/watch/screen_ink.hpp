// A picture taken apart into its background and the ink on it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace migstorm::watch {

struct ScreenColor {
  int red = 0;
  int green = 0;
  int blue = 0;
};

bool near(ScreenColor one, ScreenColor other, int tolerance) noexcept;

struct InkRow {
  std::uint32_t left = 0;  // the first column with ink
  std::uint32_t right = 0; // one past the last; 0 where the row is empty
  std::uint32_t inked = 0;

  bool empty() const noexcept { return inked == 0; }
};

struct ScreenInk {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  ScreenColor background; // the most frequent colour
  double plain = 0;       // share of pixels that are background
  double foreign = 0;     // share that is no mixture of background and white
  double solid = 0;       // share that is as good as white
  double inked = 0;       // share that is a mixture
  std::vector<InkRow> rows;

  std::uint32_t first_row() const noexcept; // `height` where all are empty
  std::uint32_t last_row() const noexcept;  // one past the last with ink
  std::uint32_t left() const noexcept;      // of all rows; `width` where all are empty
  std::uint32_t right() const noexcept;
};

// RGB565, little-endian; nothing where the bytes are not width times height pixels.
std::optional<ScreenInk> read_ink(std::span<const std::uint8_t> pixels, std::uint32_t width,
                                  std::uint32_t height);

} // namespace migstorm::watch
