// Virtual time: when nothing is runnable the clock jumps to the next timer. Everything happens on one thread,
// in an order that depends on the seed alone.
#pragma once

#include "harness/runtime/guid.hpp"
#include "harness/runtime/timer_queue.hpp"

#include <migstorm/runtime.hpp>

#include <deque>

namespace migstorm {

struct SimOptions {
  std::uint64_t seed = 1;
  CivilTime epoch =
      std::chrono::sys_days(std::chrono::year{2026} / 1 / 1); // what instant zero is in civil time
  Instant start{};                                            // a resumed run's clock goes on from here
  Span offload_time{};                                        // how long a piece of offloaded work takes
};

class SimRuntime final : public Runtime {
public:
  explicit SimRuntime(SimOptions options = SimOptions())
      : options_(options), now_(options.start), guids_(options.seed, "guid"), outer_(current_) {
    current_ = this;
  }
  ~SimRuntime() override { current_ = outer_; }

  Instant now() const noexcept override { return now_; }
  void post(std::coroutine_handle<> next) noexcept override { ready_.push_back(next); }
  TimerId post_at(Instant when, std::coroutine_handle<> next) override { return timers_.add(when, next); }
  void cancel(TimerId timer) noexcept override { timers_.cancel(timer); }
  bool turn() override;
  void offload_raw(OffloadLane lane, std::function<void()> work, std::coroutine_handle<> next) override;
  CivilTime epoch() const noexcept override { return options_.epoch; }
  std::uint64_t seed() const noexcept override { return options_.seed; }
  std::string make_guid() override { return format_guid(guids_); }

private:
  SimOptions options_;
  Instant now_;
  Random guids_;
  std::deque<std::coroutine_handle<>> ready_;
  TimerQueue timers_;
  Runtime* outer_;
};

} // namespace migstorm
