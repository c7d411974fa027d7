#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/run_options.hpp"
#include "tools/migstorm/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace migstorm {

namespace {

int check(const RunOptions& options) {
  int exit = kExitPassed;
  std::optional<RunInput> files = load_checked(options, exit);
  if (!files) {
    return exit;
  }
  RunSettings settings;
  settings.journal = options.journal;
  settings.confirmed_credential = options.confirmed_credential;
  const Result<std::vector<report::Finding>> findings = check_on_sockets(*std::move(files), settings);
  if (!findings) {
    return complain(findings.error());
  }
  fmt::print("{}", options.json ? report::findings_json(*findings) : report::findings_text(*findings));
  const bool wrong = std::any_of(findings->begin(), findings->end(), [](const report::Finding& finding) {
    return finding.severity == report::Severity::error || finding.severity == report::Severity::unknown;
  });
  return wrong ? kExitEnvironment : kExitPassed;
}

} // namespace

void add_check(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("check", "Ask every host and guest of the lab whether a run could");
  auto options = std::make_shared<RunOptions>();
  add_run_options(*command, *options);
  add_journal_option(*command, options->journal);
  command->add_flag_function(
      "--connections", [](std::int64_t) {}, "Only whether they answer, which is all that is checked today");
  add_confirm_option(*command, options->confirmed_credential);
  command->footer(
      "Changes nothing. Exit code 3 where a host does not answer, or is not asked because another one\n"
      "rejected its password: one wrong password is one rejected logon.");
  command->callback([options, &action] { action = [options] { return check(*options); }; });
}

} // namespace migstorm
