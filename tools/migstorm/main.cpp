#include "tools/migstorm/command.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>

namespace {

void log_to_stderr(bool verbose) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("migstorm"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(verbose ? spdlog::level::debug : spdlog::level::info);
}

int run_program(int argc, char** argv) {
  using namespace migstorm;
  CLI::App app("migstorm: live-migration stress for Hyper-V clusters", "migstorm");
  app.set_version_flag("--version", MIGSTORM_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  bool verbose = false;
  app.add_flag("-v,--verbose", verbose, "Log more, to stderr");
  app.footer("Results go to stdout, logs to stderr.\n"
             "Exit codes: 0 passed, reproduced or fixed; 1 failed or not fixed; 2 usage or a faulty file;\n"
             "3 environment; 4 inconclusive or not reproduced; 130 interrupted, `migstorm resume` goes on.");
  Action action;
  for (const auto add : {add_run, add_resume, add_check, add_stop, add_sim, add_lab, add_validate, add_runs,
                         add_status, add_report, add_triage, add_evidence, add_ways}) {
    add(app, action);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPassed : kExitUsage;
  }
  log_to_stderr(verbose);
  return action();
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "migstorm: " << error.what() << '\n';
    return migstorm::kExitEnvironment;
  }
}
