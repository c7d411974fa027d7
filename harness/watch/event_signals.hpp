// Events of hosts and guests, told as signals. Times are by the machine's own clock and may be a little off.
#pragma once

#include <migstorm/crash.hpp>

namespace migstorm::watch {

// How far a machine's clock may be from ours before its times mislead.
inline constexpr Span kClockSlack = std::chrono::seconds(10);

// A dump and a boot take no longer: what is told after a reboot is of a crash so much earlier at most.
inline constexpr Span kDumpAndBoot = std::chrono::minutes(15);

// Nothing for events that tell nothing of a guest's life. `epoch` is the run's instant zero.
std::optional<Signal> signal_of(const hyperv::HostEvent& event, const hyperv::HostName& host, Instant now,
                                CivilTime epoch);
// Nothing for 46, which says that there can be no dump.
std::optional<Signal> signal_of(const hyperv::GuestEvent& event, const hyperv::GuestId& guest, Instant now,
                                CivilTime epoch);
// Of what befell the host itself: its restart, a shared volume that it lost.
std::optional<Signal> host_signal_of(const hyperv::HostEvent& event, const hyperv::HostName& host,
                                     Instant now, CivilTime epoch);

} // namespace migstorm::watch
