#include "harness/runtime/sim_runtime.hpp"

#include <algorithm>

namespace migstorm {

bool SimRuntime::turn() {
  if (ready_.empty()) {
    if (timers_.empty()) {
      return false;
    }
    now_ = std::max(now_, timers_.next_time());
    ready_.push_back(timers_.pop());
  }
  const std::coroutine_handle<> next = ready_.front();
  ready_.pop_front();
  next.resume();
  return true;
}

void SimRuntime::offload_raw(OffloadLane /*lane*/, std::function<void()> work, std::coroutine_handle<> next) {
  work();
  if (options_.offload_time > Span{}) {
    timers_.add(now_ + options_.offload_time, next);
  } else {
    ready_.push_back(next);
  }
}

} // namespace migstorm
