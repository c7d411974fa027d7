#include "harness/campaign/health.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

constexpr std::uint32_t kUnansweredMax = 3;
constexpr std::uint32_t kFailedMovesMax = 3;
constexpr std::uint32_t kAnswersToRecover = 3;
constexpr Span kRest = std::chrono::minutes(1);

} // namespace

HostHealth::Change HostHealth::fall_sick(Host& host, Instant now) noexcept {
  host.answers = 0;
  if (host.sick) {
    return Change::none;
  }
  host.sick = true;
  host.sick_since = now;
  return Change::fell_sick;
}

HostHealth::Change HostHealth::unanswered(std::uint32_t host, Instant now) noexcept {
  Host& h = hosts_[host];
  if (h.unanswered == 0) {
    h.away_since = now;
  }
  ++h.unanswered;
  h.answers = 0;
  return h.unanswered >= kUnansweredMax ? fall_sick(h, now) : Change::none;
}

HostHealth::Change HostHealth::answered(std::uint32_t host, Instant now) noexcept {
  Host& h = hosts_[host];
  h.unanswered = 0;
  if (!h.sick) {
    return Change::none;
  }
  ++h.answers;
  if (h.answers < kAnswersToRecover || now - h.sick_since < kRest) {
    return Change::none;
  }
  h.sick = false;
  h.failed_moves = 0;
  return Change::recovered;
}

HostHealth::Change HostHealth::move_failed(std::uint32_t host, Instant now) noexcept {
  Host& h = hosts_[host];
  return ++h.failed_moves >= kFailedMovesMax ? fall_sick(h, now) : Change::none;
}

std::uint32_t HostHealth::sick_hosts() const noexcept {
  return static_cast<std::uint32_t>(
      std::count_if(hosts_.begin(), hosts_.end(), [](const Host& host) { return host.sick; }));
}

} // namespace migstorm::campaign
