#include "tools/migstorm/command.hpp"

namespace migstorm {

int exit_for_verdict(const std::string& verdict) noexcept {
  if (verdict == "PASSED" || verdict == "REPRODUCED" || verdict == "FIXED") {
    return kExitPassed;
  }
  if (verdict == "FAILED" || verdict == "NOT_FIXED") {
    return kExitFailed;
  }
  return kExitInconclusive;
}

void add_journal_option(CLI::App& command, std::string& path) {
  path = kDefaultJournal;
  command.add_option("--journal", path, "The journal, a SQLite file that holds all runs")
      ->type_name("FILE")
      ->capture_default_str();
}

} // namespace migstorm
