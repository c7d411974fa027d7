#include "harness/watch/stop_screen.hpp"

#include "harness/watch/screen_ink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::watch {
namespace {

constexpr std::uint32_t kWidthMin = 40;
constexpr std::uint32_t kHeightMin = 30;
constexpr double kForeignMax = 0.005; // one pixel in two hundred: a mouse pointer

struct Shade {
  ScreenStyle style;
  ScreenColor color;
};

constexpr int kShadeTolerance = 12;
constexpr std::array kShades{
    Shade{ScreenStyle::classic, {0, 0, 128}},   Shade{ScreenStyle::classic, {0, 0, 168}},
    Shade{ScreenStyle::blue_8, {16, 113, 170}}, Shade{ScreenStyle::blue_10, {0, 120, 215}},
    Shade{ScreenStyle::black_11, {0, 0, 0}},
};

ScreenStyle style_of(ScreenColor background) {
  const auto* const found = std::find_if(kShades.begin(), kShades.end(), [&](const Shade& shade) {
    return near(background, shade.color, kShadeTolerance);
  });
  return found == kShades.end() ? ScreenStyle::none : found->style;
}

double part(std::uint32_t value, std::uint32_t whole) {
  return static_cast<double>(value) / static_cast<double>(whole);
}

// The share of the ink that stands in rows which begin where the leftmost does. By ink, because scaling
// leaves faint rows between lines, whose first letters may be lost.
double aligned_rows(const ScreenInk& ink) {
  const auto left = ink.left();
  const auto slack = 2 + ink.width / 40;
  std::uint32_t inked = 0;
  std::uint32_t aligned = 0;
  for (const InkRow& row : ink.rows) {
    inked += row.inked;
    aligned += !row.empty() && row.left <= left + slack ? row.inked : 0U;
  }
  return inked == 0 ? 0 : part(aligned, inked);
}

// How many rows reach past this share of the width.
std::uint32_t long_rows(const ScreenInk& ink, double share) {
  return static_cast<std::uint32_t>(std::count_if(ink.rows.begin(), ink.rows.end(), [&](const InkRow& row) {
    return part(row.right, ink.width) > share;
  }));
}

// The ":(": the first thing from the top, tall, narrow, at the left, and then space.
bool has_face(const ScreenInk& ink) {
  const auto top = ink.first_row();
  auto end = top;
  std::uint32_t right = 0;
  while (end < ink.height && !ink.rows[end].empty()) {
    right = std::max(right, ink.rows[end].right);
    ++end;
  }
  const auto tall = part(end - top, ink.height);
  const auto wide = right < ink.left() ? 0 : part(right - ink.left(), ink.width);
  return tall >= 0.08 && tall <= 0.30 && wide >= 0.03 && wide <= 0.16;
}

// A sentence that is true of the picture and keeps it from being a stop screen; empty where none is.
std::string_view classic_objection(const ScreenInk& ink) {
  if (ink.plain < 0.3 || ink.inked < 0.08) {
    return "too much or too little is written";
  }
  if (part(ink.left(), ink.width) > 0.06 || part(ink.first_row(), ink.height) > 0.10) {
    return "the text does not begin at the upper left";
  }
  if (part(ink.right(), ink.width) > 0.985 || part(ink.last_row(), ink.height) > 0.985) {
    return "something reaches the right or the lower edge";
  }
  if (aligned_rows(ink) < 0.75) {
    return "the lines do not begin at one margin";
  }
  const auto written = part(ink.last_row() - ink.first_row(), ink.height);
  if (written < 0.45 || long_rows(ink, 0.5) < 5) {
    return "there are too few long lines";
  }
  return ink.solid > 0.25 ? "there is a white area" : "";
}

std::string_view modern_objection(const ScreenInk& ink) {
  if (ink.plain < 0.5 || ink.inked < 0.02) {
    return "too much or too little is written";
  }
  const auto left = part(ink.left(), ink.width);
  if (left < 0.055 || left > 0.18) {
    return "the left margin is another";
  }
  const auto top = part(ink.first_row(), ink.height);
  if (top < 0.045 || top > 0.35 || part(ink.last_row(), ink.height) > 0.95) {
    return "the upper or the lower margin is another";
  }
  if (part(ink.right(), ink.width) > 0.965 || long_rows(ink, 0.45) < 2) {
    return "the lines have another length";
  }
  if (aligned_rows(ink) < 0.75) {
    return "the lines do not begin at one margin";
  }
  if (part(ink.last_row() - ink.first_row(), ink.height) < 0.2) {
    return "there are too few lines";
  }
  return ink.solid > 0.12 ? "there is a white area" : "";
}

std::string_view objection(const ScreenInk& ink, ScreenStyle style) {
  if (style == ScreenStyle::classic) {
    return classic_objection(ink);
  }
  const auto found = modern_objection(ink);
  const bool faceless = style == ScreenStyle::black_11 && !has_face(ink);
  return found.empty() && faceless ? "text on black without a face may be a console" : found;
}

} // namespace

std::string_view to_string(ScreenStyle style) noexcept {
  switch (style) {
  case ScreenStyle::none:
    return "none";
  case ScreenStyle::classic:
    return "classic";
  case ScreenStyle::blue_8:
    return "blue of 8 and 2012";
  case ScreenStyle::blue_10:
    return "blue of 10 and 2016";
  case ScreenStyle::black_11:
    return "black of 11";
  }
  return "unknown";
}

ScreenVerdict recognise_stop_screen(std::span<const std::uint8_t> pixels, std::uint32_t width,
                                    std::uint32_t height) {
  if (width < kWidthMin || height < kHeightMin) {
    return {ScreenGrade::none, ScreenStyle::none, "the picture is too small"};
  }
  const auto ink = read_ink(pixels, width, height);
  if (!ink) {
    return {ScreenGrade::none, ScreenStyle::none, "the picture is not of the size promised"};
  }
  const auto style = style_of(ink->background);
  if (style == ScreenStyle::none) {
    return {ScreenGrade::none, style, "the background is no stop screen's"};
  }
  if (ink->foreign > kForeignMax) {
    return {ScreenGrade::none, style, "there are other colours than background and white"};
  }
  if (const auto why = objection(*ink, style); !why.empty()) {
    const bool blank = ink->inked < 0.02;
    const bool weak = blank || style == ScreenStyle::black_11;
    return {weak ? ScreenGrade::none : ScreenGrade::possible, style, std::string(why)};
  }
  return {ScreenGrade::stop_screen, style,
          fmt::format("white text in a stop screen's place on the {} background{}",
                      style == ScreenStyle::classic ? "navy" : to_string(style),
                      style != ScreenStyle::classic && has_face(*ink) ? ", with its face" : "")};
}

} // namespace migstorm::watch
