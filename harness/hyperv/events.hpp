// Event logs by query (Win32_NTLogEvent): it shows classic logs, so System and Application on every machine.
// Whether it shows Hyper-V's own logs depends on the release; where it does not, host events come by
// subscription only.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

// Worker-Admin events about crashes and resets since `since` whose record number is greater than `after`, in
// the order of their numbers. unsupported: the host does not show that log this way.
Task<Result<std::vector<HostEvent>>> read_host_events(Host& host, CivilTime since, std::uint64_t after);

// Event 1001 of the System log since `since`, asked of the guest itself.
Task<Result<std::vector<Bugcheck>>> read_bugchecks(Host& guest, CivilTime since);

} // namespace migstorm::hyperv
