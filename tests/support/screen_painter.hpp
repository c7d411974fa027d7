// Paints what a console may show, and scales it down to a thumbnail by averaging. Letters are dots in a cell:
// a thumbnail keeps nothing of them but how dense they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace migstorm::test {

struct Rgb {
  int red = 0;
  int green = 0;
  int blue = 0;
};

inline constexpr Rgb kBlack{0, 0, 0};
inline constexpr Rgb kWhite{255, 255, 255};
inline constexpr Rgb kGrey{192, 192, 192};
inline constexpr Rgb kNavy{0, 0, 128};
inline constexpr Rgb kYellow{255, 255, 85};
inline constexpr Rgb kCyan{85, 255, 255};
inline constexpr Rgb kBlue8{16, 113, 170};
inline constexpr Rgb kBlue10{0, 120, 215};

class Screen {
public:
  Screen(int width, int height, Rgb background)
      : width_(width), height_(height),
        pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), background) {}

  int width() const { return width_; }
  int height() const { return height_; }

  void fill(int x, int y, int columns, int rows, Rgb color) {
    for (int row = std::max(y, 0); row < std::min(y + rows, height_); ++row) {
      for (int column = std::max(x, 0); column < std::min(x + columns, width_); ++column) {
        at(column, row) = color;
      }
    }
  }

  void frame(int x, int y, int columns, int rows, int thickness, Rgb color) {
    fill(x, y, columns, thickness, color);
    fill(x, y + rows - thickness, columns, thickness, color);
    fill(x, y, thickness, rows, color);
    fill(x + columns - thickness, y, thickness, rows, color);
  }

  // One line of letters, each in a cell of this size.
  void write(int x, int y, int cell_width, int cell_height, std::string_view text, Rgb color) {
    for (const char letter : text) {
      draw_letter(x, y, cell_width, cell_height, letter, color);
      x += cell_width;
    }
  }

  void shade(Rgb from, Rgb to) {
    for (int y = 0; y < height_; ++y) {
      const auto mix = [&](int a, int b) { return a + (b - a) * y / height_; };
      fill(0, y, width_, 1, {mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue)});
    }
  }

  std::vector<std::uint8_t> thumbnail(int columns, int rows) const {
    std::vector<std::uint8_t> bytes;
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < columns; ++x) {
        const auto color = mean(x * width_ / columns, (x + 1) * width_ / columns, y * height_ / rows,
                                (y + 1) * height_ / rows);
        const int pixel = ((color.red >> 3) << 11) | ((color.green >> 2) << 5) | (color.blue >> 3);
        bytes.push_back(static_cast<std::uint8_t>(pixel & 0xff));
        bytes.push_back(static_cast<std::uint8_t>(pixel >> 8));
      }
    }
    return bytes;
  }

private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
  }
  Rgb& at(int x, int y) { return pixels_[index(x, y)]; }

  void draw_letter(int x, int y, int cell_width, int cell_height, char letter, Rgb color) {
    if (letter == ' ') {
      return;
    }
    auto dots = static_cast<std::uint32_t>(letter) * 2654435761U;
    for (int dot = 0; dot < 35; ++dot) {
      dots = dots * 1664525U + 1013904223U;
      if ((dots >> 24U) < 110) { // two dots in five
        const int left = dot % 5 * cell_width / 6;
        const int top = dot / 5 * cell_height / 9;
        fill(x + left, y + top, std::max(cell_width / 6, 1), std::max(cell_height / 9, 1), color);
      }
    }
  }

  Rgb mean(int left, int right, int top, int bottom) const {
    Rgb sum;
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        const auto& pixel = pixels_[index(x, y)];
        sum.red += pixel.red;
        sum.green += pixel.green;
        sum.blue += pixel.blue;
      }
    }
    const int count = (right - left) * (bottom - top);
    return {sum.red / count, sum.green / count, sum.blue / count};
  }

  int width_;
  int height_;
  std::vector<Rgb> pixels_;
};

} // namespace migstorm::test
