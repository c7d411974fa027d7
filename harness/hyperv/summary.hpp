// All guests of a host at a glance.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// GetSummaryInformation in one call; where a host's answer to it is of no use, queries of the systems and
// their heartbeats. uptime_ms goes backwards when the guest was reset.
Task<Result<HostSummary>> read_summary(Host& host);

} // namespace migstorm::hyperv
