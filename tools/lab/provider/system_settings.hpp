#pragma once

#include "tools/lab/provider/configurations.hpp"

namespace migstorm::lab {

// Msvm_VirtualSystemSettingData of a machine, or of a checkpoint of it.
cim::InstancePtr settings_row(const VirtContext& context, const Configuration& of);

} // namespace migstorm::lab
