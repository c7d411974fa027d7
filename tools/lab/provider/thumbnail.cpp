#include "tools/lab/provider/thumbnail.hpp"

#include <string_view>

namespace migstorm::lab {

namespace {

struct Color {
  std::uint32_t red = 0;
  std::uint32_t green = 0;
  std::uint32_t blue = 0;
};

constexpr Color kBlack{0, 0, 0};
constexpr Color kWhite{255, 255, 255};
constexpr Color kLogonBackground{0, 78, 138};
constexpr Color kStopScreenOld{0, 0, 128}; // up to 2008 R2
constexpr Color kStopScreen{0, 120, 215};

class Picture {
public:
  Picture(std::uint32_t width, std::uint32_t height, Color background)
      : width_(width), height_(height), bytes_(std::size_t{2} * width * height) {
    fill(0, 0, width, height, background);
  }

  void fill(std::uint32_t x, std::uint32_t y, std::uint32_t columns, std::uint32_t rows, Color color) {
    for (std::uint32_t row = y; row < y + rows && row < height_; ++row) {
      for (std::uint32_t column = x; column < x + columns && column < width_; ++column) {
        put(column, row, color);
      }
    }
  }

  std::vector<std::uint8_t> take() && { return std::move(bytes_); }

private:
  void put(std::uint32_t x, std::uint32_t y, Color color) {
    const auto pixel = ((color.red >> 3U) << 11U) | ((color.green >> 2U) << 5U) | (color.blue >> 3U);
    const auto at = 2 * (std::size_t{y} * width_ + x);
    bytes_[at] = static_cast<std::uint8_t>(pixel & 0xffU);
    bytes_[at + 1] = static_cast<std::uint8_t>(pixel >> 8U);
  }

  std::uint32_t width_;
  std::uint32_t height_;
  std::vector<std::uint8_t> bytes_;
};

// Lines of a stop screen at this size are a pixel high: runs of light dots, each as long as a word.
void write_rows(Picture& picture, std::uint32_t width, std::uint32_t height) {
  static constexpr std::string_view kLine = "## ###### ### #### ## #####  ### # ####### ## ";
  constexpr std::uint32_t kSpacing = 4;
  const auto margin = width / 20;
  for (std::uint32_t line = 1; line * kSpacing < height * 3 / 4; ++line) {
    const auto length = (line % 3 == 0 ? width / 3 : width * 4 / 5);
    for (auto x = margin; x < margin + length; ++x) {
      if (kLine[(x + line * 7) % kLine.size()] == '#') {
        picture.fill(x, line * kSpacing, 1, 1, kWhite);
      }
    }
  }
}

} // namespace

std::vector<std::uint8_t> render_console(const Guest& guest, std::uint32_t width, std::uint32_t height) {
  if (guest.power == Power::off) {
    return Picture(width, height, kBlack).take();
  }
  if (guest.crashed) {
    Picture picture(width, height, guest.release <= Release::w2008r2sp1 ? kStopScreenOld : kStopScreen);
    write_rows(picture, width, height);
    return std::move(picture).take();
  }
  Picture picture(width, height, kLogonBackground);
  picture.fill(width * 2 / 5, height * 2 / 5, width / 5, height / 5, kWhite);
  return std::move(picture).take();
}

} // namespace migstorm::lab
