// The only door to time, scheduling and chance. Asio drives it in production, a virtual
// clock in simulation; nothing else in the product may ask the system for any of them.
#pragma once

#include <migstorm/random.hpp>
#include <migstorm/task.hpp>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace migstorm {

using Instant = std::chrono::nanoseconds; // cluster time since the run began
using Span = std::chrono::nanoseconds;    // a length of cluster time
using CivilTime = std::chrono::sys_time<std::chrono::nanoseconds>;

// Where blocking work runs. A lane is one worker: its jobs keep their order.
enum class OffloadLane : std::uint8_t { journal, files, network };

class Runtime {
public:
  using TimerId = std::uint64_t;

  virtual ~Runtime() = default;
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  virtual Instant now() const noexcept = 0;
  virtual void post(std::coroutine_handle<> next) noexcept = 0; // callable from any thread
  virtual TimerId post_at(Instant when, std::coroutine_handle<> next) = 0;
  virtual void cancel(TimerId timer) noexcept = 0; // a timer that already fired is ignored
  virtual bool turn() = 0;                         // resumes one coroutine; false when nothing is left to do
  // The longest time in real time that one resumed coroutine kept the loop; zero in simulation.
  virtual Span longest_turn() const noexcept { return {}; }

  // Runs `work` off the deciding thread and then posts `next`; in simulation it runs inline.
  virtual void offload_raw(OffloadLane lane, std::function<void()> work, std::coroutine_handle<> next) = 0;

  // What the run's instant zero was in civil time (UTC).
  virtual CivilTime epoch() const noexcept = 0;
  CivilTime civil(Instant at) const noexcept { return epoch() + at; }
  CivilTime civil_now() const noexcept { return civil(now()); }

  // A generator of its own for each subsystem, so that a draw added in one does not reshuffle the others.
  Random random(std::string_view subsystem) const noexcept { return {seed(), subsystem}; }
  virtual std::uint64_t seed() const noexcept = 0;
  // Fresh identifiers (messages, runs): random in production, from the seed in simulation. Upper-case GUID.
  virtual std::string make_guid() = 0;

  static Runtime& current() noexcept { return *current_; }

  auto sleep_until(Instant when) {
    struct Sleep {
      Runtime& runtime;
      Instant when;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> next) const { runtime.post_at(when, next); }
      void await_resume() const noexcept {}
    };
    return Sleep{*this, when};
  }
  auto sleep_for(Instant span) { return sleep_until(now() + span); }

  // Lets everything that is already runnable go first.
  auto yield() {
    struct Yield {
      Runtime& runtime;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> next) const noexcept { runtime.post(next); }
      void await_resume() const noexcept {}
    };
    return Yield{*this};
  }

  // auto x = runtime.offload(OffloadLane::files, work); co_await std::move(x): `work` must outlive the await.
  auto offload(OffloadLane lane, std::function<void()> work) {
    struct Offload {
      Runtime& runtime;
      OffloadLane lane;
      std::function<void()> work;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> next) { runtime.offload_raw(lane, std::move(work), next); }
      void await_resume() const noexcept {}
    };
    return Offload{*this, lane, std::move(work)};
  }

protected:
  static inline thread_local Runtime* current_ = nullptr;
};

// Starts the outermost task and turns the runtime until it is done.
template <class T>
T run(Runtime& runtime, Task<T> task) {
  runtime.post(task.handle());
  while (!task.done() && runtime.turn()) {
  }
  if (!task.done()) {
    throw std::logic_error("task is waiting for something that can no longer happen");
  }
  return task.take();
}

inline void detail::post_to_current(std::coroutine_handle<> next) noexcept { Runtime::current().post(next); }

} // namespace migstorm
