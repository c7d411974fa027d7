// Crashing a guest that is there for it.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// Reads the guest and its Notes from this host once more, and passes both through the one door.
Task<Status> crash_canary(Host& host, GuestId guest, std::string mark);

} // namespace migstorm::hyperv
