// What a campaign that came to its end found, and why in words.
#pragma once

#include "harness/campaign/progress.hpp"

#include <migstorm/journal.hpp>

namespace migstorm::campaign {

struct Verdict {
  std::string word;   // REPRODUCED, ...
  std::string reason; // one sentence
};

// `ended` says why no more moves were made.
Verdict judge(const Scenario& scenario, const Progress& progress, const std::vector<DetectorAlive>& detectors,
              const std::string& ended);

} // namespace migstorm::campaign
