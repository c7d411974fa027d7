#include "tools/migstorm/command.hpp"
#include "tools/migstorm/finish.hpp"

#include <memory>

namespace migstorm {

namespace {

struct ResumeOptions {
  std::string run;
  std::string journal;
  bool json = false;
  bool quiet = false;
  bool honour_windows = false;
  std::string confirmed_credential;
  bool break_lease = false;
};

int resume(const ResumeOptions& options) {
  RunSettings settings;
  settings.journal = options.journal;
  settings.quiet = options.quiet;
  settings.keep_ledger = true;
  settings.honour_windows = options.honour_windows;
  settings.confirmed_credential = options.confirmed_credential;
  settings.break_lease = options.break_lease;
  return finish_run(resume_on_sockets(options.run, settings), options.journal, options.json);
}

} // namespace

void add_resume(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("resume", "Go on with a run that was interrupted");
  auto options = std::make_shared<ResumeOptions>();
  command->add_option("run", options->run, "The run's id, its beginning, or 'last'")
      ->required()
      ->type_name("RUN");
  add_journal_option(*command, options->journal);
  command->add_flag("--json", options->json, "Print the summary as JSON");
  command->add_flag("--quiet", options->quiet, "Show no progress");
  command->add_flag("--honour-windows", options->honour_windows,
                    "Keep to the scenario's windows in lockstep too, where no clock is waited for");
  add_confirm_option(*command, options->confirmed_credential);
  add_lease_option(*command, options->break_lease);
  command->footer(
      "Both hosts are asked what became of each migration that was in flight. Scenario and lab are those\n"
      "of the run, as they were when it began.");
  command->callback([options, &action] { action = [options] { return resume(*options); }; });
}

} // namespace migstorm
