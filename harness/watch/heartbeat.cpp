#include "harness/watch/heartbeat.hpp"

#include <algorithm>

namespace migstorm::watch {
namespace {

bool is_beat(hyperv::Heartbeat heartbeat) {
  // Degraded is an older protocol, not an illness.
  return heartbeat == hyperv::Heartbeat::ok || heartbeat == hyperv::Heartbeat::degraded;
}

bool is_silence(hyperv::Heartbeat heartbeat) {
  return heartbeat == hyperv::Heartbeat::no_contact || heartbeat == hyperv::Heartbeat::lost_communication;
}

} // namespace

HeartbeatTracker::Change HeartbeatTracker::observe(hyperv::EnabledState state, hyperv::Heartbeat heartbeat,
                                                   Instant asked, Instant answered) {
  if (state != hyperv::EnabledState::enabled || (!is_beat(heartbeat) && !is_silence(heartbeat))) {
    beating_ = false;
    return Change::none; // paused, saved or not told: neither a beat nor its absence
  }
  if (is_beat(heartbeat)) {
    first_beat_ = heard_ ? first_beat_ : asked;
    last_beat_ = asked;
    heard_ = beating_ = true;
    silent_ = false;
    return std::exchange(lost_, false) ? Change::back : Change::none;
  }
  beating_ = false;
  if (!silent_) {
    silent_ = true;
    first_silent_ = answered;
  }
  if (!heard_ || lost_ || asked - std::max(first_silent_, quiet_since_) <= kHeartbeatDebounce) {
    return Change::none;
  }
  lost_ = true;
  return Change::lost;
}

std::optional<Window> HeartbeatTracker::silence() const noexcept {
  if (!heard_ || !silent_) {
    return std::nullopt;
  }
  return Window{last_beat_, std::max(last_beat_, first_silent_)};
}

std::optional<Window> HeartbeatTracker::dated() const noexcept {
  auto window = silence();
  if (window) {
    window->earliest = std::max(Instant{}, window->earliest - kBeatsAfterDeath);
  }
  if (window && quiet_since_ != Instant{} && first_silent_ < quiet_since_ + kFlapsAfterMove) {
    window->latest = std::max(window->latest, quiet_since_ + kFlapsAfterMove);
  }
  return window;
}

} // namespace migstorm::watch
