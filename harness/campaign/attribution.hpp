// Which migration a crash belongs to: the one that covers the crash's own time, not the one that ran when it
// was noticed.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace migstorm::campaign {

class Attribution {
public:
  explicit Attribution(std::size_t guests) : guests_(guests) {}

  void began(std::uint32_t guest, std::uint32_t step, Instant at);
  void ended(std::uint32_t guest, Instant at);
  void withdrawn(std::uint32_t guest); // the newest one was not carried out

  // The migration whose interval, from its start to a while after its end but not into the next one, covers
  // at least two thirds of the window: otherwise nobody can tell. An event's own time is a window without
  // length.
  std::optional<std::uint32_t> find(std::uint32_t guest, Instant earliest, Instant latest) const;

private:
  struct Interval {
    std::uint32_t step = 0;
    Instant start{};
    Instant end = Instant::max();
  };
  std::vector<std::deque<Interval>> guests_; // the newest few of each
};

} // namespace migstorm::campaign
