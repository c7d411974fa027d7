#include "harness/campaign/restore.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {
namespace {

constexpr Span kPatience = std::chrono::minutes(30);
constexpr std::uint32_t kAttemptsMax = 3;

} // namespace

bool WayHome::wanted() const { return !core_.stop.requested() && !core_.broken && !core_.broken_off(); }

Task<Unit> WayHome::run() {
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (core_.guests[guest].host != core_.guests[guest].home) {
      core_.guests[guest].attempt = 1;
      waiting_.insert(guest);
    }
  }
  Instant deadline = core_.runtime.now() + kPatience;
  while (wanted() && core_.runtime.now() < deadline && (!waiting_.empty() || active_ > 0)) {
    if (core_.may_begin()) {
      start_what_may();
      co_await core_.changed.wait_until(deadline);
    } else if (const Instant opens = core_.permission_changes(); opens != Instant::max()) {
      deadline = opens + kPatience; // guests go home in the next window
      co_await core_.changed.wait_until(opens);
    } else {
      break;
    }
  }
  co_await scope_.join();
  list_differences();
  co_return Unit{};
}

void WayHome::start_what_may() {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const std::uint32_t index = *it;
    const GuestState& guest = core_.guests[index];
    const bool sick = core_.health.sick(guest.host) || core_.health.sick(guest.home);
    if (core_.gone(index)) {
      it = waiting_.erase(it);
      continue;
    }
    const bool may = guest.placed && !guest.busy && !guest.doubt && core_.takes_guests[guest.home] != 0 &&
                     !guest.moving && !sick && guest.host != guest.home &&
                     core_.gate.admits(guest.host, guest.home) && core_.runtime.now() >= guest.not_before;
    if (!may) {
      ++it;
      continue;
    }
    it = waiting_.erase(it);
    mover_.occupy(index, guest.host, guest.home);
    ++active_;
    moved_ = true;
    scope_.spawn(bring(index));
  }
}

Task<Unit> WayHome::bring(std::uint32_t index) {
  GuestState& guest = core_.guests[index];
  const Carried carried = co_await mover_.carry_home(index, guest.attempt);
  --active_;
  guest.not_before = core_.runtime.now() + carried.retry.pause;
  if (carried.ending != Ending::completed && guest.attempt < kAttemptsMax) {
    ++guest.attempt;
    waiting_.insert(index);
  }
  core_.changed.notify_all();
  co_return Unit{};
}

void WayHome::list_differences() {
  for (std::uint32_t index = 0; index < core_.guests.size(); ++index) {
    const GuestState& guest = core_.guests[index];
    if (guest.host != guest.home || !guest.placed) {
      core_.note("not-at-home", guest.name,
                 fmt::format("belongs on {}, last seen on {}", core_.hosts.name(guest.home),
                             core_.hosts.name(guest.host)));
    }
  }
}

} // namespace migstorm::campaign
