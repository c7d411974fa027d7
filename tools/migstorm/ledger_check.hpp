// Holds a run's journal against the simulated cluster's own record: nothing lost, nothing counted twice.
#pragma once

#include "tools/lab/lab.hpp"

#include <migstorm/journal.hpp>

#include <string>
#include <vector>

namespace migstorm {

// One sentence for each disagreement; empty when they agree. The run may have been interrupted.
std::vector<std::string> compare_with_ledger(const LoadedRun& run, const std::vector<lab::LedgerMove>& moves);

} // namespace migstorm
