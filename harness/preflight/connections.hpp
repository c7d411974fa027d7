// Whether every host and guest of a lab file answers, in the way in which a run would ask it. Changes
// nothing.
#pragma once

#include "harness/preflight/finding.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <vector>

namespace migstorm::preflight {

// Hosts first, in the lab file's order. Nobody else is asked with a credential that somebody has rejected.
Task<std::vector<Finding>> check_connections(Runtime& runtime, hyperv::Cluster& cluster, LabFile lab);

} // namespace migstorm::preflight
