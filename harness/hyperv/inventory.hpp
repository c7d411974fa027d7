// Every guest that is on a host, with everything about it that a campaign has to know before it touches it.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

Task<Result<std::vector<GuestFacts>>> read_inventory(Host& host);

} // namespace migstorm::hyperv
