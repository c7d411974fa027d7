#include "harness/campaign/retry_policy.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::seconds;

constexpr Span kPauseMax = std::chrono::minutes(1);

Retry bounded(std::uint32_t attempt, std::uint32_t attempts_max, Span pause) noexcept {
  if (attempt >= attempts_max) {
    return {Reaction::give_up, {}};
  }
  const Span doubled = pause * (1LL << std::min(attempt - 1, 16U));
  return {Reaction::try_again, std::min(doubled, kPauseMax)};
}

} // namespace

Retry retry_after(Errc code, std::uint32_t attempt) noexcept {
  switch (code) {
  case Errc::unknown_outcome:
    return {Reaction::follow, {}};
  case Errc::transport:
  case Errc::timed_out:
    return bounded(attempt, 8, seconds(2));
  case Errc::busy:
    return bounded(attempt, 20, seconds(5)); // slots free themselves; others may be using them
  case Errc::remote_fault:
  case Errc::not_found:
  case Errc::stale:
    return bounded(attempt, 3, seconds(5));
  case Errc::denied:
    return {Reaction::end_run, {}}; // a rejected password is never tried again by ourselves
  default:
    return {Reaction::give_up, {}};
  }
}

Retry retry_unaccepted(std::uint32_t attempt) noexcept { return bounded(attempt, 3, seconds(5)); }

} // namespace migstorm::campaign
