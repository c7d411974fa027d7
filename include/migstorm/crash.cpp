#include <migstorm/crash.hpp>

namespace migstorm {

std::string_view to_string(SignalKind kind) noexcept {
  switch (kind) {
  case SignalKind::heartbeat_lost:
    return "heartbeat-lost";
  case SignalKind::heartbeat_back:
    return "heartbeat-back";
  case SignalKind::uptime_backwards:
    return "uptime-backwards";
  case SignalKind::guest_crash_event:
    return "guest-crash-event";
  case SignalKind::triple_fault:
    return "triple-fault";
  case SignalKind::host_reset_event:
    return "host-reset-event";
  case SignalKind::guest_reset_event:
    return "guest-reset-event";
  case SignalKind::bugcheck_event:
    return "bugcheck-event";
  case SignalKind::host_away:
    return "host-away";
  case SignalKind::foreign_move:
    return "foreign-move";
  case SignalKind::state_changed:
    return "state-changed";
  case SignalKind::stop_screen:
    return "stop-screen";
  case SignalKind::unclean_start:
    return "unclean-start";
  case SignalKind::unclean_shutdown:
    return "unclean-shutdown";
  case SignalKind::boot_time:
    return "boot-time";
  case SignalKind::dump_written:
    return "dump-written";
  case SignalKind::dump_failed:
    return "dump-failed";
  case SignalKind::host_restarted:
    return "host-restarted";
  case SignalKind::volume_paused:
    return "volume-paused";
  case SignalKind::load_stopped:
    return "load-stopped";
  case SignalKind::load_back:
    return "load-back";
  case SignalKind::dump_failed_event:
    return "dump-failed-event";
  }
  return "unknown";
}

std::string_view to_string(DetectorKind kind) noexcept {
  switch (kind) {
  case DetectorKind::heartbeat:
    return "heartbeat";
  case DetectorKind::uptime:
    return "uptime";
  case DetectorKind::host_events:
    return "host-events";
  case DetectorKind::bugcheck_events:
    return "bugcheck-events";
  case DetectorKind::console:
    return "console";
  case DetectorKind::boot_time:
    return "boot-time";
  case DetectorKind::restart_events:
    return "restart-events";
  case DetectorKind::load:
    return "load";
  }
  return "unknown";
}

std::string_view to_string(GuestVerdict verdict) noexcept {
  switch (verdict) {
  case GuestVerdict::healthy:
    return "healthy";
  case GuestVerdict::suspect:
    return "suspect";
  case GuestVerdict::crashed:
    return "crashed";
  case GuestVerdict::hung:
    return "hung";
  case GuestVerdict::rebooted:
    return "rebooted";
  }
  return "unknown";
}

} // namespace migstorm
