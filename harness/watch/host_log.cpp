// What hosts tell of themselves: what could explain a guest's trouble is recorded beside it.
#include "harness/watch/event_signals.hpp"
#include "harness/watch/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::watch {
namespace {

constexpr std::size_t kPausedKept = 16;
// Input and output are queued for so long before a guest's driver gives up.
constexpr Span kPauseLasts = std::chrono::minutes(2);

} // namespace

void Watch::on_host_signal(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                           CivilTime epoch, Findings& out) {
  auto signal = host_signal_of(event, host, now, epoch);
  if (!signal && event.log == hyperv::EventLog::integration) { // told again with every move
    const auto guest = index_.find(event.guest);
    if (guest == index_.end() || std::exchange(guests_[guest->second].components_told, true)) {
      return;
    }
  }
  if (!signal) {
    const std::string fields = fmt::format("{}", fmt::join(event.strings, ", "));
    out.notes.push_back(
        {"host-event", host, fmt::format("{} of the log {}: {}", event.id, to_string(event.log), fields)});
    return;
  }
  if (signal->kind == SignalKind::volume_paused) {
    if (paused_.size() == kPausedKept) {
      paused_.erase(paused_.begin());
    }
    paused_.push_back(Window{signal->earliest - kClockSlack, signal->latest + kPauseLasts});
  }
  out.signals.push_back(*std::move(signal));
}

void Watch::name_confounders(Crash& crash) const {
  const bool paused = std::any_of(paused_.begin(), paused_.end(), [&](const Window& pause) {
    return crash.earliest <= pause.latest && crash.latest >= pause.earliest;
  });
  const std::string reason(to_string(SignalKind::volume_paused));
  if (paused && std::find(crash.reasons.begin(), crash.reasons.end(), reason) == crash.reasons.end()) {
    crash.reasons.push_back(reason);
  }
}

} // namespace migstorm::watch
