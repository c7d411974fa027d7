// Values that scenario and lab files have in common.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

// One to `most` characters without control characters; `fallback` where the key is absent.
std::string read_short_text(const yaml::Node& node, std::string_view fallback = "", std::size_t most = 256);
// A name of a file and a run: letters, digits, '-', '_' and '.'.
std::string read_name(const yaml::Node& node);
// A pattern of names (glob.hpp).
std::string read_pattern(const yaml::Node& node, std::string_view fallback = "");
// A list that may be left out but not be empty, of at most `most` entries.
std::vector<yaml::Node> read_some(const yaml::Node& node, std::size_t most);

} // namespace migstorm
