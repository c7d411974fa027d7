#include "harness/report/runs_text.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <memory>

namespace migstorm {

namespace {

struct StatusOptions {
  std::string run = "last";
  std::string journal;
};

int status(const StatusOptions& options) {
  const Result<report::Summary> summary = read_summary(options.journal, options.run);
  if (!summary) {
    return complain(summary.error());
  }
  fmt::print("{}", report::status_text(*summary));
  return kExitPassed;
}

} // namespace

void add_status(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("status", "Say how far a run is, also while it is going on");
  auto options = std::make_shared<StatusOptions>();
  command->add_option("run", options->run, "The run's id, its beginning, or 'last'")
      ->type_name("RUN")
      ->capture_default_str();
  add_journal_option(*command, options->journal);
  command->callback([options, &action] { action = [options] { return status(*options); }; });
}

} // namespace migstorm
