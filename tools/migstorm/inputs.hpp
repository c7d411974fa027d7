// The files a run is made of: a scenario, and the lab it is for. Every problem of both is told at once.
#pragma once

#include "harness/scenario/yaml.hpp"
#include "tools/lab/engine/config.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migstorm {

struct LabInput {
  LabFile lab;
  std::string source; // the YAML text, for the journal
  std::optional<lab::SimulatedConfig> simulated;

  // Served inside the process, in lockstep with the harness.
  bool embedded() const noexcept { return simulated && lab.clock == ClockMode::lockstep; }
  // Whatever the file says of faults: all may be drawn by the seed. Only with `simulated`.
  void arm_every_fault();
};

struct RunInput {
  Scenario scenario;
  LabInput lab;
};

template <class T>
struct Checked {
  T value;
  std::vector<Diagnostic> diagnostics; // with any, the value must not be used
};

// Empty path: the built-in simulated cluster. An error means that there is no such file to read.
Result<Checked<LabInput>> load_lab(const std::string& path);
Checked<LabInput> parse_lab(std::string text, std::string path);

// `lab`: the --lab option; empty: the scenario's own, then the built-in one.
Result<Checked<RunInput>> load_run(const std::string& scenario, const std::vector<std::string>& settings,
                                   const std::string& lab);
// The same from what a journal keeps of a run.
Result<RunInput> restore_run(const std::string& scenario_source, const std::string& scenario_path,
                             const std::string& lab_source, const std::string& lab_path);

// Prints each on a line of its own to stderr; false if there are any.
bool report_problems(const std::vector<Diagnostic>& diagnostics);

} // namespace migstorm
