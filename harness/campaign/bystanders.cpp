#include "harness/campaign/bystanders.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {
namespace {

using hyperv::EnabledState;
using hyperv::Heartbeat;

constexpr Span kGetsUsed = std::chrono::minutes(5);
// A heartbeat may flap for so long after a move, whoever asked for it.
constexpr Span kFlapping = std::chrono::seconds(60);

bool beats(Heartbeat heartbeat) noexcept {
  return heartbeat == Heartbeat::ok || heartbeat == Heartbeat::degraded;
}

bool silent(Heartbeat heartbeat) noexcept {
  return heartbeat == Heartbeat::lost_communication || heartbeat == Heartbeat::no_contact ||
         heartbeat == Heartbeat::non_recoverable_error || heartbeat == Heartbeat::error;
}

} // namespace

void Bystanders::observe(const hyperv::HostName& host, const hyperv::GuestSummary& row, Instant now,
                         Breaker& breaker) {
  const auto [place, is_new] = seen_.try_emplace(row.id);
  Seen& seen = place->second;
  if (row.migrating) {
    return; // both hosts show it, one of them half done
  }
  if (seen.host != host) {
    seen.host = host;
    seen.arrived = now;
  }
  const bool runs = row.state == EnabledState::enabled;
  if (!is_new && seen.state == EnabledState::enabled && !runs) {
    breaker.trouble(Trouble::bystander_state, row.name,
                    fmt::format("was running on {}, now it is {}", host, to_string(row.state)), now,
                    kGetsUsed);
  } else if (runs) {
    breaker.clear(Trouble::bystander_state, row.name, now);
  }
  if (runs && seen.beating && silent(row.heartbeat) && now - seen.arrived >= kFlapping) {
    breaker.trouble(Trouble::bystander_silent, row.name, fmt::format("lost its heartbeat on {}", host), now,
                    kGetsUsed);
    seen.beating = false;
  } else if (runs && beats(row.heartbeat)) {
    breaker.clear(Trouble::bystander_silent, row.name, now);
    seen.beating = true;
  }
  seen.state = row.state;
}

} // namespace migstorm::campaign
