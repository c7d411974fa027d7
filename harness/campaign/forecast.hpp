// How long a plan will take, before anything moves: from the limits that will hold, the windows, and how long
// moves took before.
#pragma once

#include "harness/scenario/opening_hours.hpp"
#include "harness/scenario/plan.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace migstorm::campaign {

// Where no earlier run tells.
inline constexpr Span kMoveTimeAssumed = std::chrono::seconds(30);

struct HostLimit {
  hyperv::HostName host;
  std::uint32_t moves = 1; // to and from it at once
  const char* from = "";   // what sets it: "scenario", "host", "cluster"
};

struct Forecast {
  std::vector<HostLimit> limits; // in the hosts' order
  double at_once = 0;            // moves under way, on average, while moves may begin
  Span move_time{};
  bool measured = false;         // move_time comes from earlier runs
  double per_hour = 0;           // of open time
  Span open_time{};              // that the whole plan needs
  std::uint32_t windows = 0;     // that it needs, the present one included; 0 without windows
  std::optional<CivilTime> ends; // nothing: the windows never leave room for it
};

struct ForecastInput {
  const Scenario& scenario;
  const std::vector<hyperv::HostFacts>& hosts;
  const Plan& plan;
  const OpeningHours& hours;
  CivilTime now{};
  std::optional<Span> move_time; // of earlier runs
};

Forecast forecast(const ForecastInput& input);

} // namespace migstorm::campaign
