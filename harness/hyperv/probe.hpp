// What a host says about itself, asked once and kept.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// Asks everything anew and replaces host.known and its habits.
Task<Result<KnownPtr>> probe_host(Host& host);

// What is known, after a probe if nothing is.
Task<Result<KnownPtr>> known_host(Host& host);

} // namespace migstorm::hyperv
