// What the commands `runs` and `status` print; the texts are safe on a terminal.
#pragma once

#include "harness/report/summary.hpp"

#include <string>
#include <vector>

namespace migstorm::report {

// One line per run, the newest last.
std::string runs_table(const std::vector<RunListing>& runs);
std::string runs_json(const std::vector<RunListing>& runs); // {"schema", "runs": [...]}

// A few lines on one run: how far it is, what it found so far, and what can be done with it.
std::string status_text(const Summary& summary);

} // namespace migstorm::report
