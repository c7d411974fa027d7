// Holds what the simulated cluster recorded against what lab file, scenario and docs/operations.md allow:
// judged by the cluster's own record, not by what the harness believes.
#pragma once

#include "harness/scenario/opening_hours.hpp"
#include "tools/lab/lab.hpp"

#include <migstorm/journal.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/scenario.hpp>

#include <string>
#include <vector>

namespace migstorm {

struct SafetyInput {
  const LoadedRun& run;
  const Scenario& scenario;
  const LabFile& lab;
  const OpeningHours& hours;
  CivilTime epoch{};
};

// One sentence for each request that should not have left, and for each guest that is neither at home nor
// among the differences of a run that was to bring it there.
std::vector<std::string> unsafe_acts(const SafetyInput& input, lab::Engine& engine);

} // namespace migstorm
