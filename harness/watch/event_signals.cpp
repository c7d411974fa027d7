#include "harness/watch/event_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace migstorm::watch {
namespace {

// 1001 is written at the next boot: the crash is older by the time of dump and start.
constexpr Span kDumpAndBoot = std::chrono::minutes(15);

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
    return SignalKind::host_reset_event;
  case 18514:
    return SignalKind::guest_reset_event;
  default:
    return std::nullopt;
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
  if (!kind || event.guest.empty()) {
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
  }
  return signal;
}

Signal signal_of(const hyperv::Bugcheck& bugcheck, const hyperv::GuestId& guest, Instant now,
                 CivilTime epoch) {
  Signal signal;
  signal.kind = SignalKind::bugcheck_event;
  signal.guest = guest;
  signal.noticed = now;
  signal.latest = instant_of(bugcheck.time, epoch, now);
  signal.earliest = std::max(Instant{}, signal.latest - kDumpAndBoot);
  signal.bugcheck = bugcheck.code;
  signal.parameters = bugcheck.parameters;
  signal.detail = "the guest's own event 1001";
  return signal;
}

} // namespace migstorm::watch
