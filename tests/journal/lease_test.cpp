#include "harness/journal/lease.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <optional>
#include <unistd.h>

using namespace migstorm;

TEST_CASE("one run of this machine moves guests of a cluster, until it ends in whatever way", "[lease]") {
  const std::string mine = fmt::format("test-{}-a", ::getpid());
  const std::string other = fmt::format("test-{}-b", ::getpid());
  std::optional<Result<Lease>> first(Lease::take_cluster(mine));
  REQUIRE(*first);
  const Result<Lease> second = Lease::take_cluster(mine);
  REQUIRE_FALSE(second);
  CHECK(second.error().detail.find("moves guests of cluster " + mine) != std::string::npos);
  CHECK(Lease::take_cluster(other));
  first.reset();
  CHECK(Lease::take_cluster(mine));
}
