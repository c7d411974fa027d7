// Whether a guest would write a dump, and whether its cluster would let it finish.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

Task<Result<DumpSetup>> read_dump_setup(Host& guest);
Task<Result<std::vector<HeartbeatRecovery>>> read_heartbeat_recovery(Host& node);

} // namespace migstorm::hyperv
