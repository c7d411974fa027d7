// What waits for the next commit: the port's records, in the order in which they were queued.
#pragma once

#include <migstorm/journal.hpp>

#include <string>
#include <variant>
#include <vector>

namespace migstorm {

struct BeginRun {
  RunRecord run;
  std::vector<PlanGuest> guests;
  std::vector<Step> steps;
};

struct Note {
  Instant at{};
  std::string kind;
  std::string subject;
  std::string detail;
};

using Conditions = std::vector<Condition>;

using Record = std::variant<BeginRun, Intent, Ticket, Outcome, Refusal, Signal, Crash, Note, Conditions,
                            MachineMarks, RunEnd>;

} // namespace migstorm
