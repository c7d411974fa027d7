// Diagnostics as an operator reads them.
#pragma once

#include "harness/scenario/lab_file_reader.hpp"
#include "harness/scenario/scenario_file.hpp"

#include <string>
#include <vector>

namespace migstorm {

inline std::vector<std::string> lines(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> all;
  for (const Diagnostic& diagnostic : diagnostics) {
    all.push_back(to_string(diagnostic));
  }
  return all;
}

inline std::vector<std::string> scenario_problems(const std::string& text) {
  return lines(parse_scenario(text, "s").diagnostics);
}

inline std::vector<std::string> lab_problems(const std::string& text) {
  return lines(parse_lab_file(text, "l").reader.diagnostics());
}

} // namespace migstorm
