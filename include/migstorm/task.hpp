// Task<T>: a lazily started coroutine with one consumer.
//
// A finished task does not resume its awaiter itself; it posts it to the runtime.
// Stack depth is then constant on every compiler (GCC 12 at -O0 does not turn symmetric
// transfer into a jump), and the order of resumptions is the order of the queue.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace migstorm {

namespace detail {
void post_to_current(std::coroutine_handle<> next) noexcept; // defined in runtime.hpp
}

template <class T>
class [[nodiscard]] Task {
public:
  struct promise_type {
    std::optional<T> value;
    std::exception_ptr exception;
    std::coroutine_handle<> awaiter;

    struct Final {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> self) const noexcept {
        if (const auto next = self.promise().awaiter) {
          detail::post_to_current(next);
        }
      }
      void await_resume() const noexcept {}
    };

    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
    void unhandled_exception() noexcept { exception = std::current_exception(); }
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (frame_) {
      frame_.destroy();
    }
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
    frame_.promise().awaiter = awaiter;
    return frame_;
  }
  T await_resume() { return take(); }

  // For run() and Scope only.
  std::coroutine_handle<> handle() const noexcept { return frame_; }
  bool done() const noexcept { return frame_.done(); }
  T take() {
    if (frame_.promise().exception) {
      std::rethrow_exception(frame_.promise().exception);
    }
    return std::move(*frame_.promise().value);
  }

private:
  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

} // namespace migstorm
