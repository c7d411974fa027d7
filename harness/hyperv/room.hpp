// What a host has left of memory and space.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// Two queries of root\cimv2.
Task<Result<HostRoom>> read_room(Host& host);

} // namespace migstorm::hyperv
