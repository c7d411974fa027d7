#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

OpeningHours nights() {
  auto hours = OpeningHours::make("20:00-06:00 UTC", {});
  REQUIRE(hours);
  return *hours;
}

bool inside(const Rig& rig, Instant at) { return rig.hours.open(rig.runtime->civil(at)); }

} // namespace

TEST_CASE("no move begins outside the windows, and the run goes on the next night", "[windows]") {
  Rig rig;
  rig.hours = nights();
  rig.scenario.migrate.count = 4000; // more than one night's work
  rig.scenario.migrate.dwell_min = 60s;
  rig.scenario.restore_placement = true;
  const auto end = rig.go();
  REQUIRE(end);
  CHECK(rig.broken().empty());
  CHECK(rig.progress.completed == 4000);
  std::set<std::int64_t> nights_used;
  for (const auto& move : rig.cluster.ledger) {
    CHECK(inside(rig, move.started));
    nights_used.insert(std::chrono::floor<std::chrono::days>(rig.runtime->civil(move.started) - 12h)
                           .time_since_epoch()
                           .count());
  }
  CHECK(nights_used.size() > 1);
}

TEST_CASE("a stop is heard while the windows are closed", "[windows]") {
  Rig rig;
  rig.hours = nights();
  rig.scenario.migrate.count = 50;
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, rig.runtime->now() + 2s, [&rig] { rig.stop->request(Stop::Level::finish); }));
  const bool open_at_first = inside(rig, rig.runtime->now());
  const auto end = rig.go();
  REQUIRE(end);
  CHECK(end->verdict.empty());
  CHECK(end->resumable);
  CHECK((open_at_first || rig.cluster.ledger.empty()));
}
