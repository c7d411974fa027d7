#include "harness/scenario/plan.hpp"

#include "harness/scenario/glob.hpp"
#include "harness/scenario/units.hpp"

#include <migstorm/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace migstorm {
namespace {

constexpr std::size_t kGuestsMax = 100'000;

// The hosts of a guest's route, each once, in the lab file's order.
struct Route {
  std::vector<hyperv::HostName> stops;
  std::size_t home = 0; // where the guest was found
  std::size_t at = 0;   // where it is when everything went as planned
};

Route make_route(const PlanGuest& guest) {
  Route route;
  const auto same_as = [](const hyperv::HostName& host) {
    return [&host](const hyperv::HostName& other) { return equal_without_case(host, other); };
  };
  for (const hyperv::HostName& host : guest.reach) {
    if (std::none_of(route.stops.begin(), route.stops.end(), same_as(host))) {
      route.stops.push_back(host);
    }
  }
  auto home = std::find_if(route.stops.begin(), route.stops.end(), same_as(guest.host));
  if (home == route.stops.end()) {
    home = route.stops.insert(route.stops.begin(), guest.host);
  }
  route.home = route.at = static_cast<std::size_t>(home - route.stops.begin());
  return route;
}

std::size_t next_stop(const Route& route, RouteKind kind, Random& random) {
  const std::size_t count = route.stops.size();
  assert(count >= 2);
  switch (kind) {
  case RouteKind::ring:
    return (route.at + 1) % count;
  case RouteKind::ping_pong:
    return route.at == route.home ? (route.home + 1) % count : route.home;
  case RouteKind::random:
    break;
  }
  // One of the others: a draw over one less, shifted past where the guest is.
  const auto draw = static_cast<std::size_t>(random.below(count - 1));
  return draw < route.at ? draw : draw + 1;
}

void shuffle(std::vector<std::uint32_t>& order, Random& random) {
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[static_cast<std::size_t>(random.below(left))]);
  }
}

Result<std::vector<Route>> make_routes(const std::vector<PlanGuest>& guests) {
  std::vector<Route> routes;
  routes.reserve(guests.size());
  for (const PlanGuest& guest : guests) {
    routes.push_back(make_route(guest));
    if (routes.back().stops.size() < 2) {
      return Error{Errc::unsupported, fmt::format("guest {} on {} has no other host to go to",
                                                  units::quoted(guest.name), guest.host)};
    }
  }
  return routes;
}

} // namespace

Result<Plan> make_plan(const Scenario& scenario, const std::vector<PlanGuest>& guests, std::uint64_t seed) {
  if (guests.empty()) {
    return Error{Errc::not_found, "there is no guest to migrate"};
  }
  if (guests.size() > kGuestsMax) {
    return Error{Errc::over_limit, fmt::format("{} guests, at most {}", guests.size(), kGuestsMax)};
  }
  auto routes = make_routes(guests);
  if (!routes) {
    return std::move(routes).error();
  }
  Random order_random(seed, "plan.order");
  Random route_random(seed, "plan.route");
  Random dwell_random(seed, "plan.dwell");
  std::vector<std::uint32_t> order(guests.size());
  std::iota(order.begin(), order.end(), 0U);

  const MigrateSpec& migrate = scenario.migrate;
  Plan plan{guests, {}};
  plan.steps.reserve(migrate.count);
  for (std::uint32_t index = 0; index < migrate.count; ++index) {
    const std::size_t turn = index % order.size();
    if (turn == 0) {
      shuffle(order, order_random);
    }
    Route& route = (*routes)[order[turn]];
    const std::size_t to = next_stop(route, migrate.route, route_random);
    const Span dwell(dwell_random.between(migrate.dwell_min.count(), migrate.dwell_max.count()));
    plan.steps.push_back({index, order[turn], route.stops[route.at], route.stops[to], dwell});
    route.at = to;
  }
  return plan;
}

Result<Plan> make_single_move(const SingleMove& move, const std::vector<PlanGuest>& guests) {
  const auto guest = std::find_if(guests.begin(), guests.end(), [&move](const PlanGuest& each) {
    return equal_without_case(each.name, move.guest);
  });
  if (guest == guests.end()) {
    return Error{Errc::unsupported,
                 fmt::format("no guest of the plan is called {}", units::quoted(move.guest))};
  }
  const auto place = [&guest](const std::string& host) {
    return std::find_if(guest->reach.begin(), guest->reach.end(),
                        [&host](const hyperv::HostName& each) { return equal_without_case(each, host); });
  };
  const auto from = place(move.from);
  const auto to = place(move.to);
  if (from == guest->reach.end() || to == guest->reach.end() || from == to) {
    return Error{Errc::unsupported, fmt::format("{} cannot be moved from {} to {}: it may be on {}",
                                                guest->name, units::quoted(move.from), units::quoted(move.to),
                                                fmt::join(guest->reach, ", "))};
  }
  Plan plan{{*guest}, {}};
  if (!equal_without_case(guest->host, *from)) {
    plan.steps.push_back({0, 0, guest->host, *from, Span{}});
  }
  plan.steps.push_back({static_cast<std::uint32_t>(plan.steps.size()), 0, *from, *to, Span{}});
  return plan;
}

} // namespace migstorm
