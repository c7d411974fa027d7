// Settings of what a machine has beside disks and memory: offloading of its adapter, virtual fibre channel,
// assigned devices, security. Of v2, each class from the release that brought it.
#pragma once

#include "tools/lab/provider/configurations.hpp"

#include <vector>

namespace migstorm::lab {

// All of them; with `only`, those of that class.
void add_hardware_settings(const VirtContext& context, const Configuration& of, const cim::ClassDef* only,
                           std::vector<cim::InstancePtr>& rows);

} // namespace migstorm::lab
