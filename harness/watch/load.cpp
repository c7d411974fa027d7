#include "harness/watch/load.hpp"

#include <utility>

namespace migstorm::watch {

LoadTracker::Change LoadTracker::observe(std::uint64_t grown, Span ran, Span patience, Window measured) {
  if (grown > grown_) {
    grown_ = grown;
    ran_ = ran;
    last_growth_ = measured.earliest;
    grew_ = true;
    still_ = false;
    return std::exchange(stopped_, false) ? Change::back : Change::none;
  }
  if (!std::exchange(still_, true)) {
    first_still_ = measured.latest;
  }
  if (!grew_ || stopped_ || ran - ran_ < patience) {
    return Change::none;
  }
  stopped_ = true;
  return Change::stopped;
}

} // namespace migstorm::watch
