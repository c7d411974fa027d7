// A lab file: text to LabFile with every problem at its line and column. The part under `simulated:` belongs
// to the simulated cluster, which parses it from `simulated` and records its problems in the same reader:
// read `reader.diagnostics()` after that. A lab with diagnostics must not be used.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <string>
#include <vector>

namespace migstorm {

struct ParsedLab {
  LabFile lab;
  yaml::Reader reader;
  yaml::Node simulated; // undefined when the file has no such part
};

// `path` names the file in diagnostics; nothing is read from it.
ParsedLab parse_lab_file(std::string text, std::string path);

// Reads the file and applies every "--set KEY=VALUE". An error means that there is no such file to read.
Result<ParsedLab> load_lab_file(const std::string& path, const std::vector<std::string>& settings = {});

// Every key a lab file can have outside of `simulated:`, sorted.
std::vector<std::string> lab_keys();

// Whether a text is meant as a lab file rather than as a scenario, judged by its keys.
bool is_lab_file(const std::string& text);

// What is wrong with a scenario or a lab file. What stands under `simulated:` is not looked into.
std::vector<Diagnostic> validate_text(const std::string& path, const std::string& text);

} // namespace migstorm
