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

void add_confirm_option(CLI::App& command, std::string& credential) {
  command
      .add_option("--confirm-credential", credential,
                  "A credential of the lab file that a host rejected is right now and may be tried again")
      ->type_name("NAME");
}

void add_preflight_option(CLI::App& command, bool& skip_preflight) {
  command.add_flag("--skip-preflight", skip_preflight,
                   "Begin though a guest would leave no dump, or its cluster would not let it finish one");
}

void add_lease_option(CLI::App& command, bool& break_lease) {
  command.add_flag("--break-lease", break_lease,
                   "Take the cluster from another run that was killed and left its lease file there");
}

} // namespace migstorm
