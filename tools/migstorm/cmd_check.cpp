#include "harness/report/findings.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/run_options.hpp"
#include "tools/migstorm/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace migstorm {

namespace {

int check(const RunOptions& options, bool connections_only) {
  int exit = kExitPassed;
  std::optional<RunInput> files = load_checked(options, exit);
  if (!files) {
    return exit;
  }
  RunSettings settings;
  settings.journal = options.journal;
  settings.confirmed_credential = options.confirmed_credential;
  const Result<std::vector<preflight::Finding>> findings =
      check_on_sockets(*std::move(files), settings, connections_only);
  if (!findings) {
    return complain(findings.error());
  }
  fmt::print("{}", options.json ? report::findings_json(*findings) : report::findings_text(*findings));
  const bool wrong = std::any_of(findings->begin(), findings->end(), [](const preflight::Finding& finding) {
    return finding.severity == preflight::Severity::error || finding.severity == preflight::Severity::unknown;
  });
  return wrong ? kExitEnvironment : kExitPassed;
}

} // namespace

void add_check(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("check", "Ask hosts and guests what would stand in a run's way");
  auto options = std::make_shared<RunOptions>();
  add_run_options(*command, *options);
  add_journal_option(*command, options->journal);
  auto connections_only = std::make_shared<bool>(false);
  command->add_flag("--connections", *connections_only, "Only whether they answer");
  add_confirm_option(*command, options->confirmed_credential);
  command->footer(
      "Changes nothing. Exit code 3 where something is wrong or cannot be told. A host is not asked where\n"
      "another one rejected the same password: one wrong password is one rejected logon.");
  command->callback([options, connections_only, &action] {
    action = [options, connections_only] { return check(*options, *connections_only); };
  });
}

} // namespace migstorm
