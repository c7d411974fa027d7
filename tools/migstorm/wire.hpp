// The composition root: the only place where ports meet their adapters.
#pragma once

#include "harness/preflight/finding.hpp"
#include "harness/report/plan_report.hpp"
#include "harness/scenario/plan.hpp"
#include "tools/lab/lab.hpp"
#include "tools/migstorm/inputs.hpp"

#include <migstorm/journal.hpp>
#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

struct RunSettings {
  std::string journal;
  std::optional<std::uint64_t> seed;     // none: a new one
  bool quiet = false;                    // no progress
  bool keep_ledger = false;              // of a simulation, beside its journal
  bool honour_windows = false;           // also where the clock is lockstep
  bool attended = false;                 // somebody sits at the terminal
  bool break_lease = false;              // the run that holds the cluster is over
  std::string confirmed_credential = {}; // that a host had rejected and a person has put right
  bool skip_preflight = false;           // of a new run
  std::optional<SingleMove> move = {};   // instead of the scenario's plan
};

struct RunOutcome {
  std::string run;
  RunEnd end;
};

// Real time or lockstep, over sockets; a lab in lockstep is served inside the process. The journal holds the
// run from its first request on, whatever happens.
Result<RunOutcome> run_on_sockets(RunInput files, const RunSettings& settings);
Result<RunOutcome> resume_on_sockets(const std::string& run, const RunSettings& settings);

// What a run would do. Changes nothing but the journal's memory of which guests were shown.
Result<report::PlanReport> plan_on_sockets(RunInput files, const RunSettings& settings);

// Asks every host and guest of the lab, and looks at what crashes of the plan's guests would leave. Changes
// nothing.
Result<std::vector<preflight::Finding>> check_on_sockets(RunInput files, const RunSettings& settings,
                                                         bool connections_only);

// Virtual time, the simulated cluster called in process.
struct SimOutcome {
  RunOutcome run;
  std::vector<std::string>
      violations; // of what a cluster guarantees, and of what journal and ledger must agree on
  std::vector<Span> noticed_after; // from each crash that was found to its notice
};
Result<SimOutcome> simulate(RunInput files, const RunSettings& settings);

// Beside the journal: what the embedded cluster itself recorded.
std::string ledger_path(const std::string& journal, const std::string& run);

// Beside the journal: what the guests of an embedded cluster left, one folder each, and their kernel's
// symbols.
std::string dumps_path(const std::string& journal, const std::string& run);

} // namespace migstorm
