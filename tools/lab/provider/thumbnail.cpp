#include "tools/lab/provider/thumbnail.hpp"

#include <array>
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
constexpr Color kStopScreen2012{16, 113, 170};
constexpr Color kStopScreen2016{0, 120, 215};

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

// At this size a line of a stop screen is a pixel high: a run of light dots, as long as its words.
void write_line(Picture& picture, std::uint32_t x, std::uint32_t y, std::uint32_t length) {
  static constexpr std::string_view kWords = "## ###### ### #### ## #####  ### # ####### ## ";
  for (std::uint32_t dot = 0; dot < length; ++dot) {
    if (kWords[(dot + y / 4 * 7) % kWords.size()] == '#') {
      picture.fill(x + dot, y, 1, 1, kWhite);
    }
  }
}

// From the left edge down, every third line a short one.
Picture old_stop_screen(std::uint32_t width, std::uint32_t height) {
  Picture picture(width, height, kStopScreenOld);
  constexpr std::uint32_t kSpacing = 4;
  for (std::uint32_t line = 1; line * kSpacing < height * 3 / 4; ++line) {
    write_line(picture, width / 80, line * kSpacing, line % 3 == 0 ? width / 3 : width * 4 / 5);
  }
  return picture;
}

// Inside a wide margin: the face, which servers leave out since 2016, a paragraph, the progress, the code.
Picture new_stop_screen(std::uint32_t width, std::uint32_t height, bool face) {
  Picture picture(width, height, face ? kStopScreen2012 : kStopScreen2016);
  const auto x = width / 10;
  auto y = height / 10;
  if (face) {
    picture.fill(x, y + height / 20, 1, 1, kWhite);
    picture.fill(x, y + height / 10, 1, 1, kWhite);
    picture.fill(x + width / 20, y, 1, height / 7, kWhite);
    y += height / 5;
  }
  struct Line {
    std::uint32_t place; // in twentieths of the height
    std::uint32_t length;
  };
  const std::array lines{Line{0, width * 7 / 10}, Line{1, width * 13 / 20}, Line{2, width / 5},
                         Line{4, width / 8}, Line{6, width * 3 / 5}};
  for (const Line& line : lines) {
    write_line(picture, x, y + line.place * height / 20, line.length);
  }
  return picture;
}

// What a start shows before there is a desktop.
Picture text_console(std::uint32_t width, std::uint32_t height) {
  Picture picture(width, height, kBlack);
  for (std::uint32_t line = 1; line < 5; ++line) {
    write_line(picture, 0, line * 3, line % 2 == 0 ? width / 3 : width * 3 / 5);
  }
  return picture;
}

Picture stop_screen(Release release, std::uint32_t width, std::uint32_t height) {
  return release <= Release::w2008r2sp1 ? old_stop_screen(width, height)
                                        : new_stop_screen(width, height, release < Release::w2016);
}

} // namespace

std::vector<std::uint8_t> render_console(const Guest& guest, Instant now, std::uint32_t width,
                                         std::uint32_t height) {
  if (guest.power == Power::off) {
    return Picture(width, height, kBlack).take();
  }
  if (guest.crashed) {
    return stop_screen(guest.release, width, height).take();
  }
  if (now < guest.ready) {
    return text_console(width, height).take();
  }
  Picture picture(width, height, kLogonBackground);
  picture.fill(width * 2 / 5, height * 2 / 5, width / 5, height / 5, kWhite);
  return std::move(picture).take();
}

} // namespace migstorm::lab
