// What event logs tell of guests: the host's logs of them, and their own.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

Task<Result<EventBatch<HostEvent>>> read_host_events(Host& host, std::vector<EventMark> marks);
Task<Result<EventBatch<GuestEvent>>> read_guest_events(Host& guest, std::vector<EventMark> marks);

} // namespace migstorm::hyperv
