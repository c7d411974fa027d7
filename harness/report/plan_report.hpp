// What `run --plan` prints: which guests would be moved and why others would not, the limits, and how long it
// takes.
#pragma once

#include "harness/campaign/forecast.hpp"

#include <string>
#include <vector>

namespace migstorm::report {

struct PlannedGuest {
  PlanGuest guest;
  hyperv::Via via = hyperv::Via::wmi;
  bool seen = true; // by an earlier run or plan of this scenario
  std::vector<std::string> remarks;
};

struct PlanReport {
  std::string scenario;
  std::string lab;
  std::uint64_t seed = 0;
  std::uint64_t migrations = 0;
  std::vector<PlannedGuest> guests;
  std::vector<LeftOut> left_out;
  std::uint32_t total = 1; // moves at once in all, as the scenario has it
  std::string windows;     // as the scenario has them; empty: always
  bool open_now = true;
  std::optional<CivilTime> next_change; // of the windows
  campaign::Forecast forecast;
};

std::string plan_text(const PlanReport& plan); // safe on a terminal
std::string plan_json(const PlanReport& plan);

} // namespace migstorm::report
