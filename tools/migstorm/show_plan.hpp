// `run --plan`: looks at the cluster, makes the plan, and tells what it comes to.
#pragma once

#include "harness/report/plan_report.hpp"
#include "tools/migstorm/inputs.hpp"

#include <migstorm/hyperv.hpp>

namespace migstorm {

struct PlanInput {
  const RunInput& files;
  std::uint64_t seed = 1;
  std::string journal; // what earlier runs tell
  bool honour_windows = true;
};

// Changes nothing on the cluster; the journal remembers which guests were shown.
Result<report::PlanReport> show_plan(Runtime& runtime, hyperv::Cluster& cluster, const PlanInput& input);

} // namespace migstorm
