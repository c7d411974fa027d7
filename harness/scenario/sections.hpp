// Parts of a scenario that stand in files of their own. Internal to scenario_file.cpp.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/scenario.hpp>

#include <string>
#include <vector>

namespace migstorm {

// `sweep:` and `arms:` are checked in shape.
void read_sweep(const yaml::Node& node);
void read_arms(const yaml::Node& node);

// "20:00-06:00 Europe/Berlin"; empty with a diagnostic when it is not of that form.
std::string read_window(const yaml::Node& node);
// Days as "2026-12-24".
std::vector<std::string> read_days(const yaml::Node& node);

// What is wrong between keys that are each fine by themselves.
void check_scenario(const yaml::Node& root, const Scenario& scenario);

} // namespace migstorm
