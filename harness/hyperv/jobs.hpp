// Migration jobs that a host remembers: for about five minutes after their end.
#pragma once

#include "harness/hyperv/host.hpp"

#include <string>
#include <vector>

namespace migstorm::hyperv {

// One query for those named, or for all where none is. A v1 host has none, since nothing there starts one.
Task<Result<std::vector<Job>>> read_jobs(Host& host, std::vector<std::string> wanted);

} // namespace migstorm::hyperv
