#include "harness/campaign/forecast.hpp"

#include "harness/campaign/gate.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using Hours = std::chrono::duration<double, std::ratio<3600>>;
using Seconds = std::chrono::duration<double>;

const char* source_of(const hyperv::HostFacts& facts, std::uint32_t asked, std::uint32_t limit) {
  if (facts.cluster_parallel_migrations && limit == *facts.cluster_parallel_migrations && limit < asked) {
    return "cluster";
  }
  return limit < asked ? "host" : "scenario";
}

std::vector<HostLimit> limits_of(const ForecastInput& input) {
  const HostTable table(input.hosts);
  const Gate gate(table, input.scenario.migrate);
  std::vector<HostLimit> limits;
  for (HostId host = 0; host < table.size(); ++host) {
    const std::uint32_t limit = gate.limit(host);
    const std::uint32_t asked = std::max(1U, input.scenario.migrate.per_host);
    limits.push_back({table.name(host), limit, source_of(table.facts(host), asked, limit)});
  }
  return limits;
}

// A move takes a slot at both of its ends; a guest moves, rests, and moves again.
double moves_at_once(const ForecastInput& input, const std::vector<HostLimit>& limits, Seconds move,
                     Seconds rest) {
  double slots = 0;
  for (const HostLimit& each : limits) {
    slots += each.moves;
  }
  const double total = std::max(1U, input.scenario.migrate.total);
  const auto guests = static_cast<double>(input.plan.guests.size());
  const double cycle = (move + rest).count();
  const double by_guests = cycle > 0 ? guests * move.count() / cycle : guests;
  return std::min({slots / 2, total, by_guests});
}

void place_in_windows(const ForecastInput& input, Forecast& out) {
  constexpr std::uint32_t kWindowsMost = 10'000;
  CivilTime at = input.now;
  for (Span left = out.open_time; out.windows <= kWindowsMost;) {
    const auto change = input.hours.next_change(at);
    if (input.hours.open(at)) {
      ++out.windows;
      if (!change || *change - at >= left) {
        out.ends = at + left;
        return;
      }
      left -= *change - at;
    }
    if (!change) {
      return;
    }
    at = *change;
  }
}

} // namespace

Forecast forecast(const ForecastInput& input) {
  Forecast out;
  out.limits = limits_of(input);
  out.measured = input.move_time.has_value();
  out.move_time = std::max(input.move_time.value_or(kMoveTimeAssumed), Span(std::chrono::milliseconds(1)));
  const Seconds move = out.move_time;
  const Seconds rest = (input.scenario.migrate.dwell_min + input.scenario.migrate.dwell_max) / 2;
  out.at_once = moves_at_once(input, out.limits, move, rest);
  if (out.at_once <= 0 || input.plan.steps.empty()) {
    return out;
  }
  out.per_hour = out.at_once * 3600 / move.count();
  const Hours needed(static_cast<double>(input.plan.steps.size()) / out.per_hour);
  out.open_time = std::chrono::duration_cast<Span>(std::min(needed, Hours(100'000)));
  if (input.hours.always()) {
    out.ends = input.now + out.open_time;
  } else {
    place_in_windows(input, out);
  }
  return out;
}

} // namespace migstorm::campaign
