#include "harness/watch/event_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace migstorm::watch {
namespace {

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

std::optional<SignalKind> kind_of(std::uint32_t id) {
  switch (id) {
  case 18590:
    return SignalKind::guest_crash_event;
  case 18560:
  case 18539:
    return SignalKind::triple_fault;
  case 18512:
  case 18617: // of a workload's watchdog
    return SignalKind::host_reset_event;
  case 18514:
    return SignalKind::guest_reset_event;
  case 18602:
    return SignalKind::dump_written;
  case 18604:
    return SignalKind::dump_failed;
  case 18502: // by its operator
  case 18504: // by itself
    return SignalKind::state_changed;
  default:
    return std::nullopt;
  }
}

std::optional<SignalKind> kind_of(hyperv::GuestEventKind kind) {
  switch (kind) {
  case hyperv::GuestEventKind::bugcheck:
    return SignalKind::bugcheck_event;
  case hyperv::GuestEventKind::unclean_start:
    return SignalKind::unclean_start;
  case hyperv::GuestEventKind::unclean_shutdown:
    return SignalKind::unclean_shutdown;
  case hyperv::GuestEventKind::dump_failed:
    return SignalKind::dump_failed_event;
  case hyperv::GuestEventKind::dump_not_prepared:
    break;
  }
  return std::nullopt;
}

std::string_view name_of(hyperv::GuestEventKind kind) {
  switch (kind) {
  case hyperv::GuestEventKind::unclean_start:
    return "the guest's own event 41";
  case hyperv::GuestEventKind::unclean_shutdown:
    return "the guest's own event 6008";
  case hyperv::GuestEventKind::dump_failed:
    return "the guest's own event 161";
  default:
    return "the guest's own event 1001";
  }
}

// VmErrorCode0 to 4 are the first five strings that are hex numbers: name and GUID before them are not.
void read_error_codes(const std::vector<std::string>& strings, Signal& signal) {
  std::size_t found = 0;
  for (const std::string& text : strings) {
    const auto value = parse_hex(text);
    if (!value || found > signal.parameters.size()) {
      continue;
    }
    if (found == 0) {
      signal.bugcheck = static_cast<std::uint32_t>(*value);
    } else {
      signal.parameters[found - 1] = *value;
    }
    ++found;
  }
}

Instant instant_of(CivilTime time, CivilTime epoch, Instant now) {
  return std::clamp(std::chrono::duration_cast<Instant>(time - epoch), Instant{}, now);
}

} // namespace

std::optional<Signal> signal_of(const hyperv::HostEvent& event, const hyperv::HostName& host, Instant now,
                                CivilTime epoch) {
  const auto kind = kind_of(event.id);
  if (!kind || event.guest.empty() || event.log != hyperv::EventLog::worker) {
    return std::nullopt;
  }
  Signal signal;
  signal.kind = *kind;
  signal.guest = event.guest;
  signal.host = host;
  signal.noticed = now;
  signal.earliest = signal.latest = instant_of(event.time, epoch, now);
  signal.detail = fmt::format("event {} of {}", event.id, host);
  if (*kind == SignalKind::guest_crash_event) {
    read_error_codes(event.strings, signal);
  } else if (*kind == SignalKind::dump_written || *kind == SignalKind::dump_failed) {
    signal.earliest = std::max(Instant{}, signal.latest - kDumpAndBoot);
  }
  return signal;
}

std::optional<Signal> signal_of(const hyperv::GuestEvent& event, const hyperv::GuestId& guest, Instant now,
                                CivilTime epoch) {
  const auto kind = kind_of(event.kind);
  if (!kind) {
    return std::nullopt;
  }
  Signal signal;
  signal.kind = *kind;
  signal.guest = guest;
  signal.noticed = now;
  signal.latest = instant_of(event.time, epoch, now);
  signal.earliest = std::max(Instant{}, signal.latest - kDumpAndBoot);
  signal.bugcheck = event.code;
  signal.parameters = event.parameters;
  signal.detail = name_of(event.kind);
  return signal;
}

std::optional<Signal> host_signal_of(const hyperv::HostEvent& event, const hyperv::HostName& host,
                                     Instant now, CivilTime epoch) {
  if (event.log != hyperv::EventLog::system) {
    return std::nullopt;
  }
  const bool paused = event.id == 5120 || event.id == 5142;
  if (!paused && event.id != 41) {
    return std::nullopt;
  }
  Signal signal;
  signal.kind = paused ? SignalKind::volume_paused : SignalKind::host_restarted;
  signal.host = host;
  signal.noticed = now;
  signal.earliest = signal.latest = instant_of(event.time, epoch, now);
  signal.detail = fmt::format("event {}{}{}", event.id, event.strings.empty() || !paused ? "" : ": ",
                              event.strings.empty() || !paused ? "" : event.strings.front());
  return signal;
}

} // namespace migstorm::watch
