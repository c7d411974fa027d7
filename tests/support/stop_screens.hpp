// Stop screens of every generation, at several sizes of console. Words are our own; what matters is where
// lines stand and how long they are.
#pragma once

#include "tests/support/screen_painter.hpp"

#include <array>
#include <string>
#include <vector>

namespace migstorm::test {

struct NamedScreen {
  std::string name;
  Screen screen;
};

// `seed` varies what is told: the driver's line and the number of paragraphs.
inline Screen classic_stop_screen(int width, int height, Rgb background, Rgb ink, int seed) {
  static constexpr std::array<std::string_view, 27> kLines{
      "Something went wrong and the system stopped so that nothing is damaged",
      "on this machine.",
      "",
      "It seems that this file is the cause: DRIVER.SYS",
      "",
      "SOME_NAME_OF_THE_STOP_CODE",
      "",
      "Seeing this for the first time? Start the machine again. Seeing it",
      "once more? Then go on with these steps:",
      "",
      "See that devices and programs that are new were installed as they ought",
      "to be. For a new installation, ask whoever made them for the updates",
      "that they need.",
      "",
      "Where it goes on, take devices and programs out that came last.",
      "Switch off what the firmware offers of caching or shadowing. To start",
      "without them, choose the safe mode from the menu of start options that",
      "one key opens.",
      "",
      "Technical facts:",
      "",
      "*** STOP: 0x000000D1 (0x0000000000000028,0x0000000000000002,0x000000",
      "",
      "***  DRIVER.SYS - Address FFFFF88001234567 base at FFFFF8800122F000, Da",
      "",
      "Writing memory to disk:  35",
      "",
  };
  Screen screen(width, height, background);
  const int cell = width / 80;
  const int pitch = height * 13 / 480;
  int y = pitch;
  for (std::size_t line = 0; line < kLines.size(); ++line) {
    const bool left_out = (seed % 2 == 1 && (line == 3 || line == 4)) || (seed % 3 == 1 && line > 24);
    if (!left_out) {
      screen.write(0, y, cell, pitch, kLines[line], ink);
      y += pitch;
    }
  }
  return screen;
}

inline void draw_face(Screen& screen, int x, int y, Rgb ink) {
  const int tall = screen.height() / 7;
  const int stroke = std::max(tall / 9, 2);
  screen.fill(x, y + tall / 3, stroke * 3 / 2, stroke * 3 / 2, ink);
  screen.fill(x, y + tall * 3 / 4, stroke * 3 / 2, stroke * 3 / 2, ink);
  const int bow = x + tall / 3;
  for (int row = 0; row < tall; ++row) {
    const int off_middle = 2 * row - tall;
    screen.fill(bow + off_middle * off_middle / (tall * 4), y + row, stroke, 1, ink);
  }
}

// A square code of light and dark blocks on white.
inline void draw_code(Screen& screen, int x, int y, int side, Rgb background) {
  screen.fill(x, y, side, side, kWhite);
  const int block = std::max(side / 29, 1);
  for (int i = 0; i < 27 * 27; ++i) {
    if ((static_cast<std::uint32_t>(i) * 2654435761U >> 28U) < 7) {
      screen.fill(x + block * (1 + i % 27), y + block * (1 + i / 27), block, block, background);
    }
  }
}

struct Modern {
  Rgb background;
  bool face = true;
  bool code = false;
  int progress = 0;
};

inline Screen modern_stop_screen(int width, int height, const Modern& style) {
  Screen screen(width, height, style.background);
  const int x = width * 10 / 100;
  int y = height * 10 / 100;
  if (style.face) {
    draw_face(screen, x, y, kWhite);
    y += height * 22 / 100;
  }
  const int large = height / 28;
  const auto line = [&](int size, std::string_view text) {
    screen.write(x, y, size / 2, size, text, kWhite);
    y += size * 13 / 10;
  };
  line(large, "The machine met a problem and has to start anew.");
  line(large, "Facts about it are being gathered; it starts when");
  line(large, "that is done.");
  y += large;
  line(large, std::to_string(style.progress) + "% done");
  y += large;
  const int small = height / 48;
  if (style.code) {
    const int side = height / 8;
    draw_code(screen, x, y, side, style.background);
    screen.write(x + side + small, y, small / 2, small,
                 "More about this, and what may cure it, is found at a page", kWhite);
    screen.write(x + side + small, y + 3 * small, small / 2, small,
                 "When you call somebody, tell them this:", kWhite);
    screen.write(x + side + small, y + 5 * small, small / 2, small, "Code: SOME_NAME_OF_THE_STOP", kWhite);
  } else {
    line(small, "To know more, look for this name later: SOME_NAME_OF_THE_STOP (driver.sys)");
  }
  return screen;
}

inline std::vector<NamedScreen> stop_screens() {
  std::vector<NamedScreen> all;
  for (int seed = 0; seed < 6; ++seed) {
    all.push_back({"2008 R2", classic_stop_screen(640, 480, kNavy, kWhite, seed)});
    all.push_back({"2003, grey", classic_stop_screen(640, 480, kNavy, kGrey, seed)});
    all.push_back({"NT, text mode", classic_stop_screen(720, 400, {0, 0, 168}, {170, 170, 170}, seed)});
  }
  static constexpr std::array<std::array<int, 2>, 6> kConsoles{
      {{800, 600}, {1024, 768}, {1152, 864}, {1280, 800}, {1600, 900}, {1920, 1080}}};
  for (const auto& [width, height] : kConsoles) {
    for (const int progress : {0, 45, 100}) {
      const auto add = [&, w = width, h = height](std::string_view name, Modern style) {
        style.progress = progress;
        all.push_back({std::string(name), modern_stop_screen(w, h, style)});
      };
      add("2012", {kBlue8});
      add("2012, no face", {kBlue8, false});
      add("10", {kBlue10, true, true});
      add("2016", {kBlue10, false});
      add("2022", {kBlue10, false, true});
      add("11, black", {kBlack, true, true});
    }
  }
  return all;
}

} // namespace migstorm::test
