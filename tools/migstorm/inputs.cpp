#include "tools/migstorm/inputs.hpp"

#include "harness/scenario/lab_file_reader.hpp"
#include "harness/scenario/scenario_file.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace migstorm {

std::string_view simulated_lab_text(); // scenarios/labs/simulated.yaml, built in

namespace {

constexpr const char* kBuiltIn = "(built-in lab)";

// A scenario names its lab relative to its own folder.
std::string lab_of(const Scenario& scenario) {
  if (scenario.lab.empty()) {
    return {};
  }
  const std::filesystem::path folder = std::filesystem::path(scenario.path).parent_path();
  return (folder / scenario.lab).lexically_normal().string();
}

} // namespace

void LabInput::arm_every_fault() {
  for (lab::FaultConfig& fault : simulated->faults) {
    fault.armed = true;
  }
}

Checked<LabInput> parse_lab(std::string text, std::string path) {
  ParsedLab parsed = parse_lab_file(std::move(text), std::move(path));
  Checked<LabInput> checked;
  checked.value.lab = std::move(parsed.lab);
  if (parsed.simulated.defined()) {
    checked.value.simulated = lab::parse_simulated(parsed.simulated);
    lab::describe_endpoints(*checked.value.simulated, checked.value.lab);
  }
  checked.value.source = parsed.reader.text();
  checked.diagnostics = parsed.reader.diagnostics();
  return checked;
}

Result<Checked<LabInput>> load_lab(const std::string& path) {
  if (path.empty()) {
    return parse_lab(std::string(simulated_lab_text()), kBuiltIn);
  }
  Result<std::string> text = read_text_file(path);
  if (!text) {
    return std::move(text).error();
  }
  return parse_lab(*std::move(text), path);
}

Result<Checked<RunInput>> load_run(const std::string& scenario, const std::vector<std::string>& settings,
                                   const std::string& lab) {
  Result<ParsedScenario> parsed = load_scenario(scenario, settings);
  if (!parsed) {
    return std::move(parsed).error();
  }
  Result<Checked<LabInput>> lab_input = load_lab(lab.empty() ? lab_of(parsed->scenario) : lab);
  if (!lab_input) {
    return std::move(lab_input).error();
  }
  Checked<RunInput> checked{{std::move(parsed->scenario), std::move(lab_input->value)},
                            std::move(parsed->diagnostics)};
  checked.diagnostics.insert(checked.diagnostics.end(), lab_input->diagnostics.begin(),
                             lab_input->diagnostics.end());
  return checked;
}

Result<RunInput> restore_run(const std::string& scenario_source, const std::string& scenario_path,
                             const std::string& lab_source, const std::string& lab_path) {
  ParsedScenario scenario = parse_scenario(scenario_source, scenario_path);
  Checked<LabInput> lab_input = parse_lab(lab_source, lab_path);
  for (const auto& diagnostics : {scenario.diagnostics, lab_input.diagnostics}) {
    if (!diagnostics.empty()) {
      return Error{Errc::malformed, fmt::format("the journal's copy of a file is not valid any more: {}",
                                                to_string(diagnostics.front()))};
    }
  }
  return RunInput{std::move(scenario.scenario), std::move(lab_input.value)};
}

bool report_problems(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    fmt::print(stderr, "{}\n", to_string(diagnostic));
  }
  return diagnostics.empty();
}

} // namespace migstorm
