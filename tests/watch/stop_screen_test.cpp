#include "harness/watch/stop_screen.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/other_screens.hpp"

using namespace migstorm;
using namespace migstorm::test;
using namespace migstorm::watch;

namespace {

constexpr std::array<std::array<int, 2>, 3> kSizes{{{56, 42}, {80, 60}, {96, 72}}};

ScreenVerdict look(const Screen& screen, std::array<int, 2> size) {
  return recognise_stop_screen(screen.thumbnail(size[0], size[1]), static_cast<std::uint32_t>(size[0]),
                               static_cast<std::uint32_t>(size[1]));
}

ScreenStyle style_at(const Screen& screen) { return look(screen, kSizes[0]).style; }

} // namespace

TEST_CASE("stop screens of every generation are recognised at every size asked for", "[screens]") {
  for (const auto& [name, screen] : stop_screens()) {
    for (const auto& size : kSizes) {
      const auto verdict = look(screen, size);
      INFO(name << ' ' << screen.width() << 'x' << screen.height() << " at " << size[0] << ": "
                << verdict.reason);
      CHECK(verdict.grade == ScreenGrade::stop_screen);
    }
  }
}

TEST_CASE("two hundred other screens are none", "[screens]") {
  const auto others = other_screens();
  REQUIRE(others.size() == 200);
  for (const auto& [name, screen] : others) {
    for (const auto& size : kSizes) {
      const auto verdict = look(screen, size);
      INFO(name << " at " << size[0] << ": " << verdict.reason);
      CHECK(verdict.grade != ScreenGrade::stop_screen);
      CHECK_FALSE(verdict.reason.empty());
    }
  }
}

TEST_CASE("the colours tell the generation", "[screens]") {
  CHECK(style_at(classic_stop_screen(640, 480, kNavy, kWhite, 0)) == ScreenStyle::classic);
  CHECK(style_at(modern_stop_screen(1024, 768, {kBlue8})) == ScreenStyle::blue_8);
  CHECK(style_at(modern_stop_screen(1024, 768, {kBlue10, false})) == ScreenStyle::blue_10);
  CHECK(style_at(modern_stop_screen(1024, 768, {kBlack, true, true})) == ScreenStyle::black_11);
}

TEST_CASE("text on black without a face is not claimed", "[screens]") {
  const auto verdict = look(modern_stop_screen(1024, 768, {kBlack, false, true}), kSizes[2]);
  CHECK(verdict.grade == ScreenGrade::none);
  CHECK(verdict.reason == "text on black without a face may be a console");
}

TEST_CASE("a stop screen's colours in another layout are graded lower, with the reason", "[screens]") {
  auto screen = modern_stop_screen(1024, 768, {kBlue10, true, true});
  screen.write(500, 740, 12, 24, "a line at the lower edge", kWhite);
  const auto verdict = look(screen, kSizes[1]);
  CHECK(verdict.grade == ScreenGrade::possible);
  CHECK(verdict.reason == "the upper or the lower margin is another");
}

TEST_CASE("a plain picture, a cut one and a tiny one show nothing", "[screens]") {
  CHECK(look(Screen(640, 480, kNavy), kSizes[0]).grade == ScreenGrade::none);
  CHECK(look(Screen(640, 480, kWhite), kSizes[0]).grade == ScreenGrade::none);
  auto cut = classic_stop_screen(640, 480, kNavy, kWhite, 0).thumbnail(56, 42);
  cut.pop_back();
  CHECK(recognise_stop_screen(cut, 56, 42).reason == "the picture is not of the size promised");
  CHECK(recognise_stop_screen({}, 0, 0).grade == ScreenGrade::none);
  CHECK(recognise_stop_screen({}, 0xffffffff, 0xffffffff).grade == ScreenGrade::none);
}
