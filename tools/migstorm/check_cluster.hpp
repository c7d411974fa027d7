// Everything that is checked of a cluster before a run: its machines first, then the guests of the plan.
#pragma once

#include "harness/preflight/finding.hpp"
#include "tools/migstorm/inputs.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/runtime.hpp>

#include <vector>

namespace migstorm {

// Guests are looked at only where every host answered, and not at all with `connections_only`.
std::vector<preflight::Finding> check_cluster(Runtime& runtime, hyperv::Cluster& cluster,
                                              const RunInput& files, bool connections_only);

} // namespace migstorm
