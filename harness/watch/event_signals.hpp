// Events of hosts and guests, told as signals. Times are by the machine's own clock and may be a little off.
#pragma once

#include <migstorm/crash.hpp>

namespace migstorm::watch {

// How far a machine's clock may be from ours before its times mislead.
inline constexpr Span kClockSlack = std::chrono::seconds(10);

// Nothing for events that tell of no crash. `epoch` is the run's instant zero.
std::optional<Signal> signal_of(const hyperv::HostEvent& event, const hyperv::HostName& host, Instant now,
                                CivilTime epoch);
Signal signal_of(const hyperv::Bugcheck& bugcheck, const hyperv::GuestId& guest, Instant now,
                 CivilTime epoch);

} // namespace migstorm::watch
