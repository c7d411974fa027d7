// Parts of a lab file that stand in a file of their own. Internal to lab_file_reader.cpp.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/lab_file.hpp>

#include <string_view>
#include <vector>

namespace migstorm {

std::vector<Credential> read_credentials(const yaml::Node& node, bool simulated);

// `what` is "host" or "guest". Reads credentials and allow_unencrypted from `lab`.
std::vector<Endpoint> read_endpoints(const yaml::Node& node, std::string_view what, const LabFile& lab);

} // namespace migstorm
