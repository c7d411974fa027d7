// Timers of a runtime: ordered by time, ties in the order they were set, cancellable.
#pragma once

#include <migstorm/runtime.hpp>

#include <coroutine>
#include <map>
#include <unordered_map>
#include <utility>

namespace migstorm {

class TimerQueue {
public:
  Runtime::TimerId add(Instant when, std::coroutine_handle<> next) {
    const Runtime::TimerId id = ++newest_;
    timers_.emplace(std::pair(when, id), next);
    times_.emplace(id, when);
    return id;
  }
  void cancel(Runtime::TimerId id) noexcept {
    if (const auto found = times_.find(id); found != times_.end()) {
      timers_.erase({found->second, id});
      times_.erase(found);
    }
  }
  bool empty() const noexcept { return timers_.empty(); }
  Instant next_time() const noexcept { return timers_.begin()->first.first; } // only while not empty()
  std::coroutine_handle<> pop() {
    const auto first = timers_.begin();
    const std::coroutine_handle<> next = first->second;
    times_.erase(first->first.second);
    timers_.erase(first);
    return next;
  }

private:
  std::map<std::pair<Instant, Runtime::TimerId>, std::coroutine_handle<>> timers_;
  std::unordered_map<Runtime::TimerId, Instant> times_;
  Runtime::TimerId newest_ = 0;
};

} // namespace migstorm
