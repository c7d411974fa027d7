// Holds the crashes that a run counted against those that the simulated cluster recorded, one by one.
#pragma once

#include "tools/lab/lab.hpp"

#include <migstorm/journal.hpp>
#include <migstorm/lab_file.hpp>

#include <string>
#include <vector>

namespace migstorm {

struct CrashCheck {
  std::vector<std::string> violations; // a sentence for each that was missed, counted twice, or never was
  std::vector<Span> noticed_after;     // of each that was found, by the cluster's own time
};

struct CrashCheckInput {
  const LoadedRun& run;
  const LabFile& lab;
  const std::vector<DetectorKind>& off; // that the run did without
  bool renames = false;                 // guests may lose the name by which they are asked
};

// What left no trace that a detector of the run could have found, or left it too late, may be missing.
CrashCheck check_crashes(const CrashCheckInput& input, const lab::Engine& engine);

} // namespace migstorm
