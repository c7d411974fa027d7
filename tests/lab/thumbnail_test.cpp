#include "tools/lab/provider/thumbnail.hpp"

#include "harness/watch/stop_screen.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <utility>

using namespace migstorm;
using namespace migstorm::lab;

namespace {

constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 3> kSizes{{{56, 42}, {80, 60}, {96, 72}}};

watch::ScreenVerdict look(const Guest& guest, std::pair<std::uint32_t, std::uint32_t> size) {
  return watch::recognise_stop_screen(render_console(guest, Instant{}, size.first, size.second), size.first,
                                      size.second);
}

} // namespace

TEST_CASE("the console of a simulated guest shows its release's stop screen once it has crashed",
          "[provider]") {
  for (const auto& [release, style] : {std::pair(Release::w2008r2sp1, watch::ScreenStyle::classic),
                                       std::pair(Release::w2012r2, watch::ScreenStyle::blue_8),
                                       std::pair(Release::w2016, watch::ScreenStyle::blue_10),
                                       std::pair(Release::w2025, watch::ScreenStyle::blue_10)}) {
    for (const auto& size : kSizes) {
      Guest guest;
      guest.release = release;
      guest.power = Power::running;
      CHECK(look(guest, size).grade == watch::ScreenGrade::none);
      guest.ready = Instant(1); // it is still starting
      CHECK(look(guest, size).grade == watch::ScreenGrade::none);
      guest.crashed = Instant{};
      const auto verdict = look(guest, size);
      INFO(size.first << ": " << verdict.reason);
      CHECK(verdict.grade == watch::ScreenGrade::stop_screen);
      CHECK(verdict.style == style);
      guest.power = Power::off;
      CHECK(look(guest, size).grade == watch::ScreenGrade::none);
    }
  }
}
