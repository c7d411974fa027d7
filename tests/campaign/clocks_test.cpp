#include "harness/campaign/clocks.hpp"

#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::campaign;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

constexpr CivilTime kNoon{12h};

} // namespace

TEST_CASE("times of a machine are brought on our axis, of one that was not asked they stay", "[clocks]") {
  Clocks clocks;
  CHECK(clocks.take("h1", {90s, 100ms}));
  CHECK(clocks.ours("h1", kNoon) == kNoon - 90s);
  CHECK(clocks.theirs("h1", kNoon) == kNoon + 90s);
  CHECK(clocks.ours("h2", kNoon) == kNoon);
}

TEST_CASE("a more exact reading replaces a rough one, and one that contradicts replaces any", "[clocks]") {
  Clocks clocks;
  CHECK(clocks.take("h", {500ms, 400ms}));
  CHECK_FALSE(clocks.take("h", {700ms, 2s}));
  CHECK(clocks.of("h")->offset == 500ms);
  CHECK_FALSE(clocks.take("h", {600ms, 10ms})); // less than a second is no news
  CHECK(clocks.of("h")->offset == 600ms);
  CHECK(clocks.take("h", {-30s, 500ms})); // somebody set it
  CHECK(clocks.ours("h", kNoon) == kNoon + 30s);
}

TEST_CASE("a clock's offset is told in words", "[clocks]") {
  CHECK(in_words({90s, 100ms}) == "90.0 s ahead, give or take 0.1 s");
  CHECK(in_words({-1500ms, 0s}) == "1.5 s behind, give or take 0.0 s");
}
