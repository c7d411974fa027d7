// Notify: a condition that coroutines wait for, with or without a deadline. Wake-ups may be spurious for the
// purposes of the waiter: look at the state again after every wait.
#pragma once

#include <migstorm/runtime.hpp>

#include <coroutine>
#include <list>

namespace migstorm {

class Notify {
public:
  explicit Notify(Runtime& runtime) noexcept : runtime_(&runtime) {}
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  void notify_all() noexcept {
    std::list<Waiter*> woken;
    woken.swap(waiters_);
    for (Waiter* waiter : woken) {
      waiter->queued = false;
      runtime_->cancel(waiter->timer);
      runtime_->post(waiter->next);
    }
  }

  // co_await notify.wait(): resumes at the next notify_all().
  auto wait() { return Awaiter{*this, Instant::max(), {}}; }
  // co_await notify.wait_until(t): true if notified, false if t came first.
  auto wait_until(Instant when) { return Awaiter{*this, when, {}}; }

private:
  struct Waiter {
    std::coroutine_handle<> next;
    Runtime::TimerId timer = 0;
    bool queued = true;
  };
  struct Awaiter {
    Notify& notify;
    Instant when;
    Waiter waiter;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> next) {
      waiter.next = next;
      if (when != Instant::max()) {
        waiter.timer = notify.runtime_->post_at(when, next);
      }
      notify.waiters_.push_back(&waiter);
    }
    bool await_resume() {
      if (waiter.queued) {
        notify.waiters_.remove(&waiter);
        return false;
      }
      return true;
    }
  };

  Runtime* runtime_;
  std::list<Waiter*> waiters_;
};

} // namespace migstorm
