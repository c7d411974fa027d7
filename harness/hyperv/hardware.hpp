// What guests have that decides whether they can be moved live: one query per class for the whole host.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

// Fills in GuestFacts::hardware, but for what the settings and attachments tell. A class that the host
// refuses to be asked for leaves its part unknown; a host that cannot be reached is an error.
Task<Status> read_hardware(Host& host, KnownPtr known, std::vector<GuestFacts>& guests);

} // namespace migstorm::hyperv
