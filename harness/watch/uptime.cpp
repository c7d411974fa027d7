#include "harness/watch/uptime.hpp"

#include <algorithm>

namespace migstorm::watch {
namespace {

// Two hosts tell of one guest around a move, each with the delay of its own answer.
constexpr Span kReadingSlack = std::chrono::seconds(1);

std::uint64_t to_ms(Span span) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

} // namespace

std::optional<Window> UptimeTracker::observe(std::uint64_t uptime_ms, Instant asked, Instant answered) {
  if (uptime_ms == 0) {
    return std::nullopt;
  }
  const Span answer_time = answered - asked;
  const bool backwards =
      uptime_ms < uptime_ms_ && uptime_ms_ - uptime_ms > to_ms(answer_time_ + answer_time + kReadingSlack);
  const Instant before = asked_;
  uptime_ms_ = backwards ? uptime_ms : std::max(uptime_ms, uptime_ms_);
  asked_ = asked;
  answer_time_ = answer_time;
  if (!backwards) {
    return std::nullopt;
  }
  // The new life began `uptime` ago; whatever a host claims, between the two readings.
  const Instant began = answered - std::chrono::milliseconds(std::min(uptime_ms, to_ms(answered - before)));
  return Window{before, began};
}

std::optional<Window> BootTracker::observe(Span uptime, Instant asked, Instant answered) {
  const bool fresh = uptime <= answered - asked_ + kReadingSlack;
  const auto reset =
      uptime_.observe(std::max<std::uint64_t>(to_ms(std::max(uptime, Span{})), 1), asked, answered);
  asked_ = asked;
  return fresh ? reset : std::nullopt;
}

} // namespace migstorm::watch
