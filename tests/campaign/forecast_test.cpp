#include "harness/campaign/forecast.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::campaign;
using namespace std::chrono_literals;

namespace {

struct Case {
  Scenario scenario;
  std::vector<hyperv::HostFacts> hosts;
  Plan plan;
  OpeningHours hours;
  std::optional<Span> move_time = Span(60s);
  CivilTime now = std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) + 12h;

  Case() {
    for (int i = 0; i < 4; ++i) {
      hyperv::HostFacts host;
      host.host = "node" + std::to_string(i);
      host.migrations_max = 2;
      hosts.push_back(host);
    }
    scenario.migrate.per_host = 4;
    scenario.migrate.total = 8;
    plan.guests.resize(100);
    plan.steps.resize(1200);
  }
  Forecast of() const { return forecast({scenario, hosts, plan, hours, now, move_time}); }
};

} // namespace

TEST_CASE("a host's own limit counts, and both ends of a move", "[forecast]") {
  const Forecast found = Case().of();
  REQUIRE(found.limits.size() == 4);
  CHECK(found.limits[0].moves == 2);
  CHECK(found.limits[0].from == std::string("host"));
  CHECK(found.at_once == Approx(4)); // eight slots, two for each move
  CHECK(found.per_hour == Approx(240));
  CHECK(found.open_time == 5h);
  CHECK(found.measured);
}

TEST_CASE("the cluster's limit is named where it is the one that holds", "[forecast]") {
  Case one;
  one.hosts[1].cluster_parallel_migrations = 1;
  const Forecast found = one.of();
  CHECK(found.limits[1].moves == 1);
  CHECK(found.limits[1].from == std::string("cluster"));
  one.scenario.migrate.per_host = 1;
  CHECK(one.of().limits[0].from == std::string("scenario"));
}

TEST_CASE("few guests that rest long are the limit", "[forecast]") {
  Case one;
  one.plan.guests.resize(2);
  one.scenario.migrate.dwell_min = one.scenario.migrate.dwell_max = 60s;
  CHECK(one.of().at_once == Approx(1)); // two guests, each moving half of the time
}

TEST_CASE("without an earlier run the time of a move is assumed, and said to be", "[forecast]") {
  Case one;
  one.move_time.reset();
  const Forecast found = one.of();
  CHECK_FALSE(found.measured);
  CHECK(found.move_time == kMoveTimeAssumed);
}

TEST_CASE("the plan is laid into the windows", "[forecast]") {
  Case one;
  one.hours = *OpeningHours::make("22:00-00:00 UTC", {});
  const Forecast found = one.of(); // five hours, two a night
  CHECK(found.windows == 3);
  REQUIRE(found.ends);
  CHECK(*found.ends == CivilTime(std::chrono::sys_days(std::chrono::year(2026) / 6 / 3) + 23h));
}

TEST_CASE("an empty plan takes no time", "[forecast]") {
  Case one;
  one.plan.steps.clear();
  CHECK(one.of().open_time == 0h);
}
