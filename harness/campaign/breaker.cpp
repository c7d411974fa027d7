#include "harness/campaign/breaker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::campaign {
namespace {

using std::chrono::minutes;

constexpr Span kCalm = std::chrono::seconds(60); // without trouble, before moves begin again
constexpr Span kPatience = minutes(30);          // of trouble that does not end
constexpr Span kFailedPass = minutes(5);         // whatever let moves fail may be over then

} // namespace

std::string_view to_string(Trouble trouble) noexcept {
  switch (trouble) {
  case Trouble::silent_cluster:
    return "cluster-silent";
  case Trouble::node_down:
    return "node-down";
  case Trouble::host_lost:
    return "host-lost";
  case Trouble::volume_worse:
    return "volume-worse";
  case Trouble::volume_floor:
    return "volume-floor";
  case Trouble::bystander_state:
    return "other-guest-stopped";
  case Trouble::bystander_silent:
    return "other-guest-silent";
  case Trouble::no_reserve:
    return "no-failover-reserve";
  case Trouble::failed_moves:
    return "failed-moves";
  }
  return "trouble";
}

void Breaker::trouble(Trouble kind, std::string subject, std::string detail, Instant now,
                      std::optional<Span> passes_after) {
  expire(now);
  Cause cause{std::move(detail), passes_after ? now + *passes_after : Instant::max()};
  causes_.insert_or_assign(Key(kind, std::move(subject)), std::move(cause));
  calm_since_ = Instant::max();
  last_reasons_ = reasons();
  if (state_ != State::closed) {
    return;
  }
  ++opened_;
  open_since_ = now;
  const bool last = opened_ > spec_.resumes;
  state_ = last ? State::broken_off : State::open;
  news_ =
      last ? fmt::format("broken off, it was paused {} before: {}",
                         spec_.resumes == 1 ? "once" : fmt::format("{} times", spec_.resumes), last_reasons_)
           : "paused: " + last_reasons_;
}

void Breaker::clear(Trouble kind, const std::string& subject, Instant now) {
  expire(now);
  if (causes_.erase(Key(kind, subject)) != 0 && causes_.empty()) {
    went_calm(now);
  }
}

void Breaker::move_failed(const std::string& guest, Instant now) {
  if (++failed_in_a_row_ >= spec_.failed_moves) {
    std::string detail = fmt::format("{} moves in a row failed, the last one of {}", failed_in_a_row_, guest);
    failed_in_a_row_ = 0;
    trouble(Trouble::failed_moves, "", std::move(detail), now, kFailedPass);
  }
}

// The last cause to pass says since when it has been calm.
void Breaker::expire(Instant now) {
  Instant last{};
  const auto passed = std::erase_if(causes_, [&](const auto& entry) {
    const bool over = entry.second.passes <= now;
    last = over ? std::max(last, entry.second.passes) : last;
    return over;
  });
  if (passed != 0 && causes_.empty()) {
    went_calm(last);
  }
}

void Breaker::went_calm(Instant at) {
  if (state_ == State::open) {
    calm_since_ = at;
  }
}

Breaker::State Breaker::state(Instant now) {
  expire(now);
  if (state_ != State::open) {
    return state_;
  }
  if (calm_since_ != Instant::max() && now >= calm_since_ + kCalm) {
    state_ = State::closed;
    news_ = "moves begin again, the trouble is over";
  } else if (now >= open_since_ + kPatience && !causes_.empty()) {
    state_ = State::broken_off;
    news_ = fmt::format("broken off, the trouble did not end within {} min: {}",
                        std::chrono::duration_cast<minutes>(kPatience).count(), reasons());
  }
  return state_;
}

Instant Breaker::next_change() const noexcept {
  Instant next = Instant::max();
  for (const auto& [key, cause] : causes_) {
    next = std::min(next, cause.passes);
  }
  if (state_ == State::open) {
    next = std::min(next, causes_.empty() ? calm_since_ + kCalm : open_since_ + kPatience);
  }
  return next;
}

std::string Breaker::news(Instant now) {
  static_cast<void>(state(now));
  return std::exchange(news_, {});
}

std::string Breaker::reasons() const {
  if (causes_.empty()) {
    return last_reasons_;
  }
  std::string text;
  for (const auto& [key, cause] : causes_) {
    text += fmt::format("{}{}{}{}: {}", text.empty() ? "" : "; ", to_string(key.first),
                        key.second.empty() ? "" : " ", key.second, cause.detail);
  }
  return text;
}

} // namespace migstorm::campaign
