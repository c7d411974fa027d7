#include "tools/migstorm/command.hpp"
#include "tools/migstorm/finish.hpp"
#include "tools/migstorm/run_options.hpp"

#include <memory>

namespace migstorm {

namespace {

int run(const RunOptions& options) {
  int exit = kExitPassed;
  std::optional<RunInput> files = load_checked(options, exit);
  if (!files) {
    return exit;
  }
  const RunSettings settings{options.journal, options.seed, options.quiet, true, options.honour_windows};
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
  command->footer("Ctrl-C follows what is in flight to its end and stops; a second one stops at once.\n"
                  "`migstorm resume RUN` goes on after either, and after a crash or a power cut.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

} // namespace migstorm
