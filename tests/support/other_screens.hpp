// Two hundred screens that are no stop screens, many of them in a stop screen's own colours.
#pragma once

#include "tests/support/stop_screens.hpp"

namespace migstorm::test {

inline constexpr std::array kBlues{kNavy, Rgb{0, 0, 168}, kBlue8, kBlue10, Rgb{0, 78, 138}, Rgb{0, 90, 158}};
inline constexpr std::string_view kProse =
    "a line of words as a program writes them, with names, numbers 1234 and a path";

inline Rgb blue(int i) { return kBlues[static_cast<std::size_t>(i) % kBlues.size()]; }
inline Screen console(int i, Rgb background) {
  return i % 2 == 0 ? Screen(800, 600, background) : Screen(1024, 768, background);
}

inline Screen desktop(int i) {
  auto screen = console(i, blue(i));
  const int w = screen.width();
  const int h = screen.height();
  screen.fill(0, h - 40, w, 40, i % 3 == 0 ? Rgb{16, 16, 16} : Rgb{36, 94, 219});
  screen.fill(4, h - 36, 60, 32, {56, 152, 60});
  for (int icon = 0; icon <= i % 5; ++icon) {
    screen.fill(24, 20 + icon * 80, 40, 40, icon % 2 == 0 ? Rgb{240, 200, 90} : kWhite);
    screen.write(10, 64 + icon * 80, 6, 12, "My things", kWhite);
  }
  return screen;
}

inline Screen logon(int i) {
  auto screen = console(i, blue(i));
  const int w = screen.width();
  const int h = screen.height();
  if (i % 4 == 0) {
    screen.shade({20, 80, 130}, {90, 170, 210});
  }
  screen.fill(w * 2 / 5, h / 3, w / 8, w / 8, i % 2 == 0 ? Rgb{230, 230, 230} : Rgb{60, 60, 60});
  screen.write(w * 2 / 5, h / 3 + w / 7, 14, 26, "Administrator", kWhite);
  screen.fill(w * 2 / 5, h / 3 + w / 7 + 40, w / 5, 24, kWhite);
  if (i % 3 == 0) {
    screen.write(w / 20, h * 4 / 5, 30, 60, "22:14", kWhite);
  }
  return screen;
}

inline Screen text_console(int i) {
  auto screen = console(i, kBlack);
  const int lines = 3 + i * 2 % 40;
  for (int line = 0; line < lines; ++line) {
    const auto length = line % 4 == 3 ? 0U : 20U + static_cast<unsigned>(line * 13 + i * 7) % 55U;
    screen.write(0, line * 14, 8, 14, kProse.substr(0, length), i % 5 == 0 ? Rgb{85, 255, 85} : kGrey);
  }
  return screen;
}

inline Screen wallpaper(int i) {
  auto screen = console(i, kBlack);
  screen.shade(blue(i), i % 2 == 0 ? Rgb{90, 180, 250} : Rgb{0, 10, 40});
  if (i % 3 == 0) {
    screen.fill(screen.width() / 2, screen.height() / 3, 120, 120, kWhite);
  }
  return screen;
}

inline Screen spinner(int i) {
  auto screen = console(i, i % 2 == 0 ? kBlack : blue(i / 2));
  const int x = screen.width() / 2;
  const int y = screen.height() * 2 / 3;
  for (int dot = 0; dot < 5; ++dot) {
    screen.fill(x - 30 + dot * 12, y + (dot + i) % 3 * 8, 5, 5, kWhite);
  }
  screen.write(x - 120, y + 50, 12, 22, i % 3 == 0 ? "Getting ready, 30%" : "Keep it switched on", kWhite);
  if (i % 4 < 2) {
    screen.fill(x - 60, y - 240, 56, 56, i % 4 == 0 ? kBlue10 : kWhite);
    screen.fill(x + 4, y - 240, 56, 56, i % 4 == 0 ? kBlue10 : kWhite);
  }
  return screen;
}

inline Screen server_core(int i) {
  auto screen = console(i, i % 4 == 0 ? kBlack : blue(i));
  const int w = screen.width() * (5 + i % 4) / 10;
  const int h = screen.height() * (5 + i % 3) / 10;
  const int x = 26 + i * 5;
  screen.fill(x, 26 + i * 3, w, h, i % 3 == 0 ? Rgb{1, 36, 86} : kBlack);
  screen.fill(x, 26 + i * 3, w, 24, i % 2 == 0 ? kWhite : Rgb{180, 205, 230});
  for (int line = 0; line < 4 + i % 9; ++line) {
    screen.write(x + 4, 60 + i * 3 + line * 16, 8, 14, kProse.substr(0, 40), kGrey);
  }
  return screen;
}

inline Screen firmware(int i) {
  const bool grey = i % 3 == 0;
  auto screen = console(i, grey ? Rgb{170, 170, 170} : blue(i % 2));
  const int w = screen.width();
  const int h = screen.height();
  screen.write(w / 4, 8, 9, 16, "SETUP UTILITY OF THE FIRMWARE", grey ? Rgb{0, 0, 170} : kWhite);
  screen.frame(8, 36, w - 16, h - 80, 2, grey ? kBlack : kWhite);
  screen.fill(w / 2, 36, 2, h - 80, grey ? kBlack : kWhite);
  for (int line = 0; line < 8 + i % 6; ++line) {
    const auto ink = line == i % 5 ? kWhite : kYellow;
    screen.write(w / 20, 60 + line * 24, 9, 16, kProse.substr(0, 24), grey ? Rgb{0, 0, 170} : ink);
    screen.write(w * 11 / 20, 60 + line * 24, 9, 16, kProse.substr(3, 20), grey ? kBlack : ink);
  }
  screen.write(w / 20, h - 32, 9, 16, "F10 save   ESC leave   arrows choose", grey ? kBlack : kWhite);
  return screen;
}

// Editors, file managers, word processors of text mode, and a maximised shell.
inline Screen blue_program(int i) {
  auto screen = console(i, i % 4 == 3 ? Rgb{1, 36, 86} : blue(i % 2));
  const int w = screen.width();
  const int h = screen.height();
  const int kind = i % 4;
  for (int line = 1; line < 12 + i; ++line) {
    const auto ink = kind == 1 ? kCyan : kWhite;
    screen.write(8, 10 + line * 16, 8, 14, kProse.substr(0, static_cast<unsigned>(18 + line * 11 % 50)), ink);
  }
  if (kind == 0 || kind == 3) {
    screen.fill(0, 0, w, 18, kind == 3 ? kWhite : Rgb{170, 170, 170});
    screen.fill(0, h - 18, w, 18, kind == 3 ? Rgb{1, 36, 86} : Rgb{0, 170, 170});
  } else if (kind == 1) {
    screen.frame(2, 2, w / 2 - 4, h - 40, 2, kCyan);
    screen.frame(w / 2, 2, w / 2 - 4, h - 40, 2, kCyan);
  } else {
    screen.write(w * 6 / 10, h - 15, 8, 14, "Doc 1 Pg 1 Ln 4.5 Pos 12 aBcDeFgHi kLmNoP", kWhite);
  }
  return screen;
}

inline Screen disk_check(int i) {
  auto screen = console(i, i % 3 == 0 ? Rgb{90, 126, 220} : kBlack);
  const int h = screen.height();
  if (i % 3 == 1) {
    screen.shade({28, 100, 150}, {120, 190, 220});
  }
  if (i % 3 == 2) {
    screen.write(screen.width() / 3, h * 3 / 5, 10, 20, "Repairing drive C: 11%", kWhite);
    return screen;
  }
  for (int line = 0; line < 5 + i; ++line) {
    screen.write(60, 120 + line * 18, 8, 15, kProse.substr(0, 50), kWhite);
  }
  screen.fill(0, 0, screen.width(), 70, {20, 60, 150});
  screen.fill(0, h - 60, screen.width(), 60, {20, 60, 150});
  return screen;
}

// Recovery and setup: headings at the left, then tiles, panes or buttons.
inline Screen recovery(int i) {
  auto screen = console(i, blue(2 + i % 4));
  const int w = screen.width();
  const int h = screen.height();
  screen.write(w * 22 / 100, h / 8, 16, 32, "Choose what to do", kWhite);
  for (int tile = 0; tile < 2 + i % 3; ++tile) {
    const int y = h / 4 + tile * h / 6;
    screen.fill(w * 22 / 100, y, w / 3, h / 8, {40, 140, 225});
    screen.fill(w * 22 / 100 + 8, y + 8, h / 10, h / 10, i % 2 == 0 ? kWhite : Rgb{220, 240, 255});
    screen.write(w * 34 / 100, y + 20, 10, 20, "Go on or turn off", kWhite);
  }
  screen.fill(w * 7 / 10, h * 9 / 10, w / 6, 32, i % 3 == 0 ? kWhite : Rgb{0, 60, 120});
  return screen;
}

inline std::vector<NamedScreen> other_screens() {
  struct Kind {
    std::string_view name;
    Screen (*paint)(int);
    int count;
  };
  static constexpr std::array kKinds{
      Kind{"desktop", desktop, 30},           Kind{"logon", logon, 24},
      Kind{"text console", text_console, 24}, Kind{"wallpaper", wallpaper, 16},
      Kind{"spinner", spinner, 16},           Kind{"server core", server_core, 20},
      Kind{"firmware", firmware, 20},         Kind{"blue program", blue_program, 24},
      Kind{"disk check", disk_check, 12},     Kind{"recovery", recovery, 14},
  };
  std::vector<NamedScreen> all;
  for (const Kind& kind : kKinds) {
    for (int i = 0; i < kind.count; ++i) {
      all.push_back({std::string(kind.name) + ' ' + std::to_string(i), kind.paint(i)});
    }
  }
  return all;
}

} // namespace migstorm::test
