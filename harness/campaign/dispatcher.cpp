#include "harness/campaign/dispatcher.hpp"

#include "harness/campaign/stop_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

// A host that is away, a guest that does not come back: after so long without a start the run ends by itself.
constexpr Span kStallLimit = std::chrono::minutes(30);

} // namespace

void Dispatcher::requeue(std::uint32_t guest) {
  const GuestState& state = core_.guests[guest];
  if (!state.done()) {
    waiting_.emplace(state.steps[state.cursor], guest);
  }
}

void Dispatcher::reattach(std::uint32_t guest, StepRecord record) {
  ++active_;
  scope_.spawn(reattached(guest, std::move(record)));
}

Task<Unit> Dispatcher::reattached(std::uint32_t guest, StepRecord record) {
  co_await mover_.reattach(guest, std::move(record));
  --active_;
  requeue(guest);
  core_.changed.notify_all();
  co_return Unit{};
}

Task<Unit> Dispatcher::attempt(std::uint32_t guest, HostId to) {
  co_await mover_.attempt(guest, to);
  --active_;
  requeue(guest);
  core_.changed.notify_all();
  co_return Unit{};
}

Task<Dispatched> Dispatcher::run() {
  last_activity_ = core_.runtime.now();
  for (std::uint32_t guest = 0; guest < core_.guests.size(); ++guest) {
    if (!core_.guests[guest].moving) {
      requeue(guest);
    }
  }
  std::optional<Dispatched> end;
  for (give_up_gone(); !(end = over()); give_up_gone()) {
    const Instant wake = start_what_may();
    const bool waiting_for_change = wake == Instant::max() && active_ == 0;
    if (!waiting_for_change) {
      last_activity_ = core_.runtime.now();
    }
    co_await core_.changed.wait_until(waiting_for_change ? last_activity_ + kStallLimit : wake);
  }
  co_await scope_.join();
  // What ended meanwhile may be a stop, or a disk that is full.
  if (core_.broken) {
    co_return Dispatched{Finish::broken, {}};
  }
  if (core_.stop.requested()) {
    co_return Dispatched{Finish::stopped, "stopped by the operator"};
  }
  co_return *std::move(end);
}

// The plan goes on without guests that somebody deleted. One of the same name with another GUID is not ours.
void Dispatcher::give_up_gone() {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const std::uint32_t guest = it->second;
    if (!core_.gone(guest)) {
      ++it;
      continue;
    }
    it = waiting_.erase(it);
    core_.note("guest-gone", core_.guests[guest].name, "no host has it any more, its steps are skipped");
    mover_.skip_rest(guest, "guest-gone");
  }
}

std::optional<Dispatched> Dispatcher::over() const {
  if (core_.broken) {
    return Dispatched{Finish::broken, {}};
  }
  if (core_.stop.requested()) {
    return Dispatched{Finish::stopped, "stopped by the operator"};
  }
  if (core_.broken_off()) {
    return Dispatched{Finish::unsafe, "broken off by the breaker: " + core_.breaker.reasons()};
  }
  if (auto reason = stop_reason(core_.input.scenario, core_.progress, core_.open_time())) {
    return Dispatched{Finish::rule, *std::move(reason)};
  }
  if (active_ == 0 && waiting_.empty()) {
    return Dispatched{Finish::exhausted, "every step of the plan has its outcome"};
  }
  if (active_ == 0 && core_.runtime.now() - last_activity_ >= kStallLimit) {
    return Dispatched{Finish::stalled,
                      fmt::format("nothing could be started for {} min",
                                  std::chrono::duration_cast<std::chrono::minutes>(kStallLimit).count())};
  }
  return std::nullopt;
}

bool Dispatcher::may_move(const GuestState& guest, std::uint32_t index) const {
  return guest.placed && !guest.busy && !guest.doubt && !core_.health.sick(guest.host) &&
         core_.watch->settled(index);
}

// Starts what may start now; returns when time alone will let something more start.
Instant Dispatcher::start_what_may() {
  if (!core_.may_begin()) {
    return core_.permission_changes();
  }
  const Instant now = core_.runtime.now();
  Instant wake = Instant::max();
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const auto [step, index] = *it;
    GuestState& guest = core_.guests[index];
    const Instant ready = std::max(guest.not_before, guest.rested_since + core_.steps[step].dwell);
    const auto here = it++;
    if (ready > now) {
      wake = std::min(wake, ready);
      continue;
    }
    if (!may_move(guest, index)) {
      continue;
    }
    const auto to = destination(index);
    if (!to || core_.health.sick(*to) || !core_.gate.admits(guest.host, *to)) {
      continue;
    }
    waiting_.erase(here);
    mover_.occupy(index, guest.host, *to);
    ++active_;
    scope_.spawn(attempt(index, *to));
  }
  return wake;
}

// Beside a guest that it is to be kept apart from only where there is no other way: a move of such a guest
// takes up two hosts, so its end is waited for.
std::optional<HostId> Dispatcher::destination(std::uint32_t index) const {
  const auto apart = destination(index, true);
  const auto& others = core_.guests[index].apart_from;
  if (apart || std::any_of(others.begin(), others.end(),
                           [&](std::uint32_t other) { return core_.guests[other].moving; })) {
    return apart;
  }
  return destination(index, false);
}

// Where the guest's next step leads. If it is there already, because it was moved by others or an earlier
// move failed, or if that node takes no guests, the next host of its reach takes its place.
std::optional<HostId> Dispatcher::destination(std::uint32_t index, bool apart) const {
  const GuestState& guest = core_.guests[index];
  const auto open = [&](HostId host) {
    return host != guest.host && core_.takes_guests[host] != 0 &&
           !(apart && core_.guests.crowds(index, host));
  };
  const auto planned = core_.hosts.find(core_.steps[guest.steps[guest.cursor]].to);
  if (planned && open(*planned)) {
    return planned;
  }
  const auto& reach = guest.reach;
  const auto here = std::find(reach.begin(), reach.end(), guest.host);
  const auto start = here == reach.end() ? 0 : static_cast<std::size_t>(here - reach.begin());
  for (std::size_t i = 1; i <= reach.size(); ++i) {
    const HostId next = reach[(start + i) % reach.size()];
    if (open(next) && !core_.health.sick(next)) {
      return next;
    }
  }
  return std::nullopt;
}

} // namespace migstorm::campaign
