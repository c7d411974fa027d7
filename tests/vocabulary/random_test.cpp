#include "tests/support/catch.hpp"

#include <migstorm/random.hpp>

#include <array>

using namespace migstorm;

TEST_CASE("a seed means the same numbers everywhere", "[random]") {
  Random random(42, "plan");
  const std::array<std::uint64_t, 3> draws = {random.next(), random.next(), random.next()};
  Random again(42, "plan");
  for (const std::uint64_t draw : draws) {
    CHECK(draw == again.next());
  }
}

TEST_CASE("subsystems draw from generators of their own", "[random]") {
  CHECK(Random(42, "plan").next() != Random(42, "faults").next());
  CHECK(Random(42, "plan").next() != Random(43, "plan").next());
}

TEST_CASE("bounded draws stay in their bounds and reach both ends", "[random]") {
  Random random(1, "test");
  std::array<int, 6> seen{};
  for (int i = 0; i < 6000; ++i) {
    const std::int64_t draw = random.between(-2, 3);
    REQUIRE(draw >= -2);
    REQUIRE(draw <= 3);
    ++seen.at(static_cast<std::size_t>(draw + 2));
  }
  for (const int count : seen) { // 1,000 expected; 6 standard deviations either way
    CHECK(count > 820);
    CHECK(count < 1180);
  }
  CHECK(random.below(0) == 0);
  CHECK(random.below(1) == 0);
}

TEST_CASE("a chance of nothing never comes and a certain one always", "[random]") {
  Random random(1, "test");
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(1));
  }
}
