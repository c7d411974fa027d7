#include "harness/scenario/plan.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace migstorm {
namespace {

using namespace std::chrono_literals;

const std::vector<hyperv::HostName> kNodes = {"N1", "N2", "N3", "N4"};

std::vector<PlanGuest> make_guests(std::size_t count) {
  std::vector<PlanGuest> guests;
  for (std::size_t i = 0; i < count; ++i) {
    guests.push_back({"G" + std::to_string(i), "g" + std::to_string(i), kNodes[i % kNodes.size()], kNodes});
  }
  return guests;
}

Scenario make_scenario(RouteKind route, std::uint32_t count) {
  Scenario scenario;
  scenario.migrate.route = route;
  scenario.migrate.count = count;
  scenario.migrate.dwell_min = 2s;
  scenario.migrate.dwell_max = 10s;
  return scenario;
}

Plan planned(RouteKind route, std::uint32_t count, std::size_t guests, std::uint64_t seed) {
  auto plan = make_plan(make_scenario(route, count), make_guests(guests), seed);
  REQUIRE(plan);
  return std::move(*plan);
}

bool same_steps(const Plan& left, const Plan& right) {
  return std::equal(left.steps.begin(), left.steps.end(), right.steps.begin(), right.steps.end(),
                    [](const Step& a, const Step& b) {
                      return a.index == b.index && a.guest == b.guest && a.from == b.from && a.to == b.to &&
                             a.dwell == b.dwell;
                    });
}

TEST_CASE("every step starts where the guest's last one ended", "[plan]") {
  const auto route = GENERATE(RouteKind::ring, RouteKind::ping_pong, RouteKind::random);
  const auto seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{20}));
  const Plan plan = planned(route, 500, 7, seed);
  REQUIRE(plan.steps.size() == 500);
  std::vector<hyperv::HostName> at;
  for (const PlanGuest& guest : plan.guests) {
    at.push_back(guest.host);
  }
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    CHECK(step.index == i);
    REQUIRE(step.guest < plan.guests.size());
    CHECK(step.from == at[step.guest]);
    CHECK(step.to != step.from);
    CHECK(std::count(kNodes.begin(), kNodes.end(), step.to) == 1);
    CHECK(step.dwell >= 2s);
    CHECK(step.dwell <= 10s);
    at[step.guest] = step.to;
  }
}

TEST_CASE("a ring visits every host before it comes back", "[plan]") {
  const Plan plan = planned(RouteKind::ring, 400, 4, 1);
  for (const Step& step : plan.steps) {
    const auto from = std::find(kNodes.begin(), kNodes.end(), step.from) - kNodes.begin();
    CHECK(step.to == kNodes[static_cast<std::size_t>(from + 1) % kNodes.size()]);
  }
}

TEST_CASE("ping-pong knows two hosts per guest", "[plan]") {
  const Plan plan = planned(RouteKind::ping_pong, 400, 4, 1);
  std::map<std::uint32_t, std::set<hyperv::HostName>> hosts;
  for (const Step& step : plan.steps) {
    hosts[step.guest].insert({step.from, step.to});
  }
  for (const auto& [guest, visited] : hosts) {
    CHECK(visited.size() == 2);
    CHECK(visited.contains(plan.guests[guest].host));
  }
}

TEST_CASE("a random route reaches every host about equally often", "[plan]") {
  const Plan plan = planned(RouteKind::random, 4000, 4, 7);
  std::map<hyperv::HostName, int> visits;
  for (const Step& step : plan.steps) {
    ++visits[step.to];
  }
  for (const hyperv::HostName& node : kNodes) {
    CHECK(visits[node] > 850);
    CHECK(visits[node] < 1150);
  }
}

TEST_CASE("no guest is ever two moves ahead of another", "[plan]") {
  const auto guests = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{16});
  const Plan plan = planned(RouteKind::random, 333, guests, 3);
  std::vector<int> moves(guests, 0);
  for (const Step& step : plan.steps) {
    ++moves[step.guest];
    const auto [least, most] = std::minmax_element(moves.begin(), moves.end());
    REQUIRE(*most - *least <= 1);
  }
}

TEST_CASE("the same seed gives the same plan, another one another", "[plan]") {
  const auto route = GENERATE(RouteKind::ring, RouteKind::random);
  CHECK(same_steps(planned(route, 300, 5, 42), planned(route, 300, 5, 42)));
  CHECK_FALSE(same_steps(planned(route, 300, 5, 42), planned(route, 300, 5, 43)));
}

TEST_CASE("a seed means the same plan on every machine and in every version", "[plan]") {
  const Plan plan = planned(RouteKind::random, 6, 3, 2636573);
  std::string text;
  for (const Step& step : plan.steps) {
    text += std::to_string(step.guest) + ":" + step.from + ">" + step.to + "@" +
            std::to_string(step.dwell.count()) + " ";
  }
  CHECK(text == "0:N1>N2@4175372621 2:N3>N2@5609212996 1:N2>N4@2324441341 0:N2>N1@2426456486 "
                "1:N4>N1@2611271410 2:N2>N1@2902262619 ");
}

TEST_CASE("a longer plan begins with the shorter one", "[plan]") {
  const Plan longer = planned(RouteKind::random, 300, 5, 42);
  const Plan shorter = planned(RouteKind::random, 100, 5, 42);
  CHECK(std::equal(
      shorter.steps.begin(), shorter.steps.end(), longer.steps.begin(),
      [](const Step& a, const Step& b) { return a.guest == b.guest && a.to == b.to && a.dwell == b.dwell; }));
}

TEST_CASE("a guest with nowhere to go is refused by name", "[plan]") {
  const Scenario scenario = make_scenario(RouteKind::ring, 10);
  CHECK(make_plan(scenario, {}, 1).error().detail == "there is no guest to migrate");
  CHECK(make_plan(scenario, {{"G", "lonely", "N1", {"N1"}}}, 1).error().detail ==
        "guest 'lonely' on N1 has no other host to go to");
  CHECK_FALSE(make_plan(scenario, {{"G", "twice", "N1", {"N1", "n1"}}}, 1));
}

TEST_CASE("a single move is planned from where the guest is", "[plan]") {
  const std::vector<PlanGuest> guests = make_guests(4);
  const Result<Plan> there = make_single_move({"G1", "n2", "N3"}, guests); // names as people write them
  REQUIRE(there);
  REQUIRE(there->guests.size() == 1);
  CHECK(there->guests[0].name == "g1");
  REQUIRE(there->steps.size() == 1);
  CHECK(there->steps[0].from == "N2");
  CHECK(there->steps[0].to == "N3");

  const Result<Plan> elsewhere = make_single_move({"g1", "N4", "N3"}, guests);
  REQUIRE(elsewhere);
  REQUIRE(elsewhere->steps.size() == 2);
  CHECK(elsewhere->steps[0].from == "N2");
  CHECK(elsewhere->steps[0].to == "N4");
  CHECK(elsewhere->steps[1].index == 1);
  CHECK(elsewhere->steps[1].to == "N3");

  for (const SingleMove& wrong :
       {SingleMove{"g9", "N1", "N2"}, SingleMove{"g1", "N9", "N2"}, SingleMove{"g1", "N2", "N2"}}) {
    CHECK_FALSE(make_single_move(wrong, guests));
  }
}

} // namespace
} // namespace migstorm
