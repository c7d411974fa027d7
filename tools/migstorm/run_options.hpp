// Options that run and sim share.
#pragma once

#include "harness/scenario/plan.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/inputs.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

struct RunOptions {
  std::string scenario;
  std::string lab;
  std::string journal;
  std::vector<std::string> settings;
  std::optional<std::uint64_t> seed;
  bool json = false;
  bool quiet = false;
  bool arm_faults = false;
  bool honour_windows = false;
  bool plan = false;
  std::string confirmed_credential;
  bool break_lease = false;
  bool skip_preflight = false;
  std::vector<std::string> move; // guest, from, to; or empty
};

void add_run_options(CLI::App& command, RunOptions& options);
void add_move_option(CLI::App& command, RunOptions& options);
std::optional<SingleMove> single_move(const RunOptions& options);

// Loads both files; every problem is told on stderr. Nothing, with the exit code set, if there was any.
std::optional<RunInput> load_checked(const RunOptions& options, int& exit);

} // namespace migstorm
