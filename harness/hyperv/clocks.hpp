// The clocks of hosts and guests, which date what their logs tell.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// One query; Win32_OperatingSystem.LocalDateTime is read somewhere between the request and the answer.
Task<Result<ClockReading>> read_clock_offset(Host& machine);
// LocalDateTime less LastBootUpTime: a clock that is wrong is wrong in both.
Task<Result<Span>> read_uptime(Host& machine);

} // namespace migstorm::hyperv
