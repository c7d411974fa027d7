// The parts of a lab file that are about crash dumps. Internal to lab_file_reader.cpp.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/lab_file.hpp>

namespace migstorm {

void read_gather(const yaml::Node& node, LabFile::Gather& gather);
// Reads credentials and ways from `lab`.
void read_smb(const yaml::Node& node, LabFile& lab);
void read_dumps(const yaml::Node& node, LabFile::Dumps& dumps);

} // namespace migstorm
