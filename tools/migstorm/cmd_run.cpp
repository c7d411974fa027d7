#include "tools/migstorm/command.hpp"
#include "tools/migstorm/finish.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/run_options.hpp"

#include <fmt/format.h>

#include <memory>
#include <unistd.h>

namespace migstorm {

namespace {

int print_plan(RunInput files, const RunSettings& settings, bool json) {
  const Result<report::PlanReport> plan = plan_on_sockets(std::move(files), settings);
  if (!plan) {
    return complain(plan.error());
  }
  fmt::print("{}", json ? report::plan_json(*plan) : report::plan_text(*plan));
  return kExitPassed;
}

int run(const RunOptions& options) {
  int exit = kExitPassed;
  std::optional<RunInput> files = load_checked(options, exit);
  if (!files) {
    return exit;
  }
  RunSettings settings;
  settings.journal = options.journal;
  settings.seed = options.seed;
  settings.quiet = options.quiet;
  settings.keep_ledger = true;
  settings.honour_windows = options.honour_windows;
  settings.attended = ::isatty(STDIN_FILENO) != 0;
  settings.confirmed_credential = options.confirmed_credential;
  settings.break_lease = options.break_lease;
  settings.skip_preflight = options.skip_preflight;
  settings.move = single_move(options);
  if (options.plan) {
    settings.honour_windows = settings.honour_windows || !files->lab.embedded();
    return print_plan(*std::move(files), settings, options.json);
  }
  return finish_run(run_on_sockets(*std::move(files), settings), options.journal, options.json);
}

} // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "Run a scenario against a cluster");
  auto options = std::make_shared<RunOptions>();
  add_run_options(*command, *options);
  add_journal_option(*command, options->journal);
  command->add_flag("--honour-windows", options->honour_windows,
                    "Keep to the scenario's windows in lockstep too, where no clock is waited for");
  command->add_flag("--plan", options->plan,
                    "Only show which guests would be moved, the limits, and how long it would take");
  add_confirm_option(*command, options->confirmed_credential);
  add_lease_option(*command, options->break_lease);
  add_preflight_option(*command, options->skip_preflight);
  add_move_option(*command, *options);
  command->footer("Ctrl-C follows what is in flight to its end and stops; a second one stops at once.\n"
                  "`migstorm resume RUN` goes on after either, and after a crash or a power cut.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

} // namespace migstorm
