// Whether a guest whose heart beats still writes, told by the growth of its disks. A load that only rewrites
// what it wrote looks like one that stopped: it is believed of guests that were seen to grow, and accuses
// nobody.
#pragma once

#include "harness/watch/heartbeat.hpp"

#include <cstdint>

namespace migstorm::watch {

struct LoadHabit {
  bool rests_between_moves = true;
  Span patience = std::chrono::minutes(2); // of time in which it should have written
};

class LoadTracker {
public:
  enum class Change : std::uint8_t { none, stopped, back };

  // `grown`: bytes, and `ran`: for how long the load should have written; both since the beginning.
  Change observe(std::uint64_t grown, Span ran, Span patience, Window measured);
  // The guest is not well: the time until now proves nothing.
  void pass(Span ran) noexcept { ran_ = ran; }
  // When the load fell silent: between the last measurement that showed growth and the one after it.
  Window silence() const noexcept { return {last_growth_, first_still_}; }

private:
  std::uint64_t grown_ = 0;
  Span ran_{}; // when it grew last
  Instant last_growth_{};
  Instant first_still_{};
  bool grew_ = false;
  bool still_ = false;
  bool stopped_ = false;
};

} // namespace migstorm::watch
