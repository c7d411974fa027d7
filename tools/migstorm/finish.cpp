#include "tools/migstorm/finish.hpp"

#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace migstorm {

int finish_run(const Result<RunOutcome>& outcome, const std::string& journal, bool json) {
  if (!outcome) {
    const bool stopped = outcome.error().code == Errc::cancelled;
    const int exit = complain(outcome.error());
    return stopped ? static_cast<int>(kExitInterrupted) : exit;
  }
  // What is printed is what the journal holds, not what this process believes.
  const Result<report::Summary> summary = read_summary(journal, outcome->run);
  if (!summary) {
    return complain(summary.error());
  }
  fmt::print("{}", json ? report::to_json(*summary) : report::to_text(*summary));
  if (outcome->end.verdict.empty()) {
    spdlog::info("interrupted: `migstorm resume {} --journal {}` goes on", outcome->run, journal);
    return kExitInterrupted;
  }
  if (outcome->end.resumable) {
    spdlog::error("broken off: look at the cluster, then `migstorm resume {} --journal {}` goes on",
                  outcome->run, journal);
    return kExitEnvironment;
  }
  return exit_for_verdict(outcome->end.verdict);
}

} // namespace migstorm
