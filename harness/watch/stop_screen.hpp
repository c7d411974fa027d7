// Whether a picture of a guest's console shows a stop screen. No letter is read: at this size there are none.
// What is looked at is the colours (one background, ink between it and white, nothing else) and where the ink
// stands.
//
// Colours and places as published pictures show them: white on navy from the left edge up to 2008 R2; from 8
// and 2012 on a wide margin, (16,113,170) at first and (0,120,215) since 10 and 2016. Server editions since
// 2016 leave the ":(" out. 11 was black with a ":(" when it came out. The black screen without it (11 24H2)
// is not told from a console or a screen of updates, and is not claimed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace migstorm::watch {

enum class ScreenGrade : std::uint8_t {
  none,
  possible,    // the colours of one, but not all of its layout
  stop_screen, // colours and layout
};

enum class ScreenStyle : std::uint8_t {
  none,
  classic,  // up to 2008 R2
  blue_8,   // 8 and 2012, 8.1 and 2012 R2
  blue_10,  // 10 and 2016 and later
  black_11, // the first 11
};
std::string_view to_string(ScreenStyle style) noexcept;

struct ScreenVerdict {
  ScreenGrade grade = ScreenGrade::none;
  ScreenStyle style = ScreenStyle::none; // whose colours these are
  std::string reason;                    // why the grade is not higher; what was seen where it is the highest
};

// `pixels` is RGB565, little-endian, row by row, as GetVirtualSystemThumbnailImage returns it. A picture that
// has not the size promised, or is smaller than 40x30, shows nothing.
ScreenVerdict recognise_stop_screen(std::span<const std::uint8_t> pixels, std::uint32_t width,
                                    std::uint32_t height);

} // namespace migstorm::watch
