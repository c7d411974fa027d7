#include "tools/migstorm/run_options.hpp"

#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

namespace migstorm {

void add_run_options(CLI::App& command, RunOptions& options) {
  command.add_option("scenario", options.scenario, "The scenario file")->required()->type_name("SCENARIO");
  command
      .add_option("--lab", options.lab,
                  "The lab file; default: the scenario's, then a built-in simulated cluster")
      ->type_name("FILE");
  command.add_option("--seed", options.seed, "The plan's seed: the same seed plans the same migrations")
      ->type_name("N");
  command.add_option("--set", options.settings, "Change a key of the scenario, e.g. migrate.count=300")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false); // one after each --set: the scenario may follow
  command.add_flag("--json", options.json, "Print the summary as JSON");
  command.add_flag("--quiet", options.quiet, "Show no progress");
  command.add_flag("--arm-faults", options.arm_faults,
                   "Let the seed arm every fault that a simulated cluster knows");
}

void add_move_option(CLI::App& command, RunOptions& options) {
  command
      .add_option("--move", options.move,
                  "Only this move, of this guest between these hosts, instead of the scenario's plan")
      ->expected(3)
      ->type_name("GUEST FROM TO");
}

std::optional<SingleMove> single_move(const RunOptions& options) {
  if (options.move.size() != 3) {
    return std::nullopt;
  }
  return SingleMove{options.move[0], options.move[1], options.move[2]};
}

std::optional<RunInput> load_checked(const RunOptions& options, int& exit) {
  Result<Checked<RunInput>> loaded = load_run(options.scenario, options.settings, options.lab);
  if (!loaded) {
    exit = complain(loaded.error());
    return std::nullopt;
  }
  if (!report_problems(loaded->diagnostics)) {
    exit = kExitUsage;
    return std::nullopt;
  }
  if (options.arm_faults) {
    if (!loaded->value.lab.simulated) {
      exit = complain(Error{Errc::malformed, "--arm-faults is for simulated clusters only"});
      return std::nullopt;
    }
    loaded->value.lab.arm_every_fault();
  }
  return std::move(loaded->value);
}

} // namespace migstorm
