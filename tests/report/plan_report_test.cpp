#include "harness/report/plan_report.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::report;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

PlanReport sample() {
  PlanReport plan;
  plan.scenario = "soak-overnight";
  plan.lab = "example";
  plan.seed = 7;
  plan.migrations = 12000;
  plan.guests = {{{"A", "sql-01", "node1", {"node1", "node2"}}, hyperv::Via::cluster, true, {}},
                 {{"B", "sql\x1b[31m-02", "node2", {"node1", "node2"}},
                  hyperv::Via::wmi,
                  false,
                  {"it has checkpoints\x1b"}}};
  plan.left_out = {{"dc-01", "the lab file's never: names it"}};
  plan.total = 8;
  plan.windows = "20:00-06:00 Europe/Berlin";
  plan.open_now = false;
  plan.next_change = CivilTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + 19h);
  plan.forecast.limits = {{"node1", 2, "scenario"}, {"node2", 1, "cluster"}};
  plan.forecast.at_once = 4;
  plan.forecast.move_time = 80s;
  plan.forecast.measured = true;
  plan.forecast.per_hour = 180;
  plan.forecast.open_time = 67h;
  plan.forecast.windows = 7;
  plan.forecast.ends = CivilTime(std::chrono::sys_days(std::chrono::year(2026) / 12 / 3) + 2h);
  return plan;
}

} // namespace

TEST_CASE("a plan says who moves, who does not and why, the limits and the nights", "[plan]") {
  const std::string text = plan_text(sample());
  CHECK_THAT(text, Contains("sql-01") && Contains("on node1, by its cluster, 2 hosts"));
  CHECK_THAT(text, Contains("NEW since the last run") && Contains("dc-01"));
  CHECK_THAT(text, Contains("node2") && Contains("1 move at once, set by the cluster"));
  CHECK_THAT(text, Contains("20:00-06:00 Europe/Berlin: closed now, opens 2026-11-26 19:00 UTC"));
  CHECK_THAT(text, Contains("12,000 migrations at about 180 an hour") && Contains("as in earlier runs"));
  CHECK_THAT(text, Contains("7 windows") && Contains("done about 2026-12-03 02:00 UTC"));
  CHECK_THAT(text, Contains("it has checkpoints"));
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("windows without room for the plan are said, in text and JSON", "[plan]") {
  PlanReport plan = sample();
  plan.forecast.ends.reset();
  CHECK_THAT(plan_text(plan), Contains("the windows leave no room for all of it"));
  CHECK_THAT(plan_json(plan), Contains("\"done\": null") && Contains("\"set_by\": \"cluster\"") &&
                                  Contains("\"new\": true") && Contains("\"remarks\": ["));
}
