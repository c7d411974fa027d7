// What is installed on a machine, host or guest.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

Task<Result<std::vector<std::string>>> read_hotfixes(Host& machine);
Task<Result<Software>> read_software(Host& machine);

} // namespace migstorm::hyperv
