// A scenario file: text to Scenario with every problem at its line and column. A scenario with diagnostics
// must not run.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

#include <string>
#include <vector>

namespace migstorm {

struct ParsedScenario {
  Scenario scenario;
  std::vector<Diagnostic> diagnostics;
};

// `path` names the file in diagnostics; nothing is read from it.
ParsedScenario parse_scenario(std::string text, std::string path);

// Reads the file and applies every "--set KEY=VALUE". An error means that there is no such file to read;
// whatever is wrong with its contents or with the settings stands in the diagnostics.
Result<ParsedScenario> load_scenario(const std::string& path, const std::vector<std::string>& settings);

// Every key a scenario can have, "migrate.dwell", sorted.
std::vector<std::string> scenario_keys();

// The text of a scenario or lab file.
Result<std::string> read_text_file(const std::string& path);

} // namespace migstorm
