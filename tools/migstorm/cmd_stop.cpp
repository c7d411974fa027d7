#include "harness/journal/archive.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <memory>

namespace migstorm {

namespace {

struct StopOptions {
  std::string run;
  std::string journal;
  bool now = false;
};

int stop(const StopOptions& options) {
  const Result<std::string> asked = request_stop(options.journal, options.run, options.now ? 2 : 1);
  if (!asked) {
    return complain(asked.error());
  }
  fmt::print("run {} was asked to {}\n", *asked,
             options.now ? "stop at once; what is in flight becomes unknown"
                         : "stop; what is in flight is followed to its end");
  return kExitPassed;
}

} // namespace

void add_stop(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("stop", "Ask a run in another terminal to stop");
  auto options = std::make_shared<StopOptions>();
  command->add_option("run", options->run, "The run's id, its beginning, or 'last'")
      ->required()
      ->type_name("RUN");
  command->add_flag("--now", options->now, "Do not wait for migrations that are in flight");
  add_journal_option(*command, options->journal);
  command->footer("The run notices within a few seconds. `migstorm resume RUN` goes on.");
  command->callback([options, &action] { action = [options] { return stop(*options); }; });
}

} // namespace migstorm
