// Scope: child tasks that are never detached. Stop: the stop protocol (request, then wait for the scope).
#pragma once

#include <migstorm/notify.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstddef>
#include <exception>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace migstorm {

// What the operator asked for. A suspended frame is never destroyed: whoever waits also waits for this.
class Stop {
public:
  enum class Level : std::uint8_t {
    none,
    finish,  // start nothing new, follow what is in flight to its end
    abandon, // leave what is in flight as unknown
  };

  explicit Stop(Runtime& runtime) noexcept : changed_(runtime) {}

  Level level() const noexcept { return level_; }
  bool requested() const noexcept { return level_ != Level::none; }
  void request(Level level) noexcept {
    if (level > level_) {
      level_ = level;
      changed_.notify_all();
    }
  }
  // Sleeps until `when` unless a stop is requested first; false if it was.
  Task<bool> sleep_until(Instant when) {
    if (requested()) {
      co_return false;
    }
    co_await changed_.wait_until(when);
    co_return !requested();
  }
  Notify& changed() noexcept { return changed_; }

private:
  Notify changed_;
  Level level_ = Level::none;
};

// Owns its children's frames; join() must be awaited before the scope goes away. At most `limit` children run
// at once, the others wait their turn in the order they were spawned. A child's exception surfaces from
// join().
class Scope {
public:
  explicit Scope(Runtime& runtime, std::size_t limit = SIZE_MAX) noexcept
      : runtime_(runtime), limit_(limit), idle_(runtime) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  void spawn(Task<Unit> task) {
    children_.push_back(Child{std::move(task), {}});
    const auto child = std::prev(children_.end());
    child->runner.emplace(supervise(*this, child));
    if (running_ < limit_) {
      start(child);
    } else {
      waiting_.push_back(child);
    }
  }

  std::size_t running() const noexcept { return running_; }

  Task<Unit> join() {
    for (reap(); !children_.empty(); reap()) {
      co_await idle_.wait();
    }
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, {}));
    }
    co_return Unit{};
  }

private:
  struct Child {
    Task<Unit> task;
    std::optional<Task<Unit>> runner;
  };
  using Children = std::list<Child>;

  static Task<Unit> supervise(Scope& scope, Children::iterator child) {
    try {
      co_await std::move(child->task);
    } catch (...) {
      scope.failure_ = scope.failure_ ? scope.failure_ : std::current_exception();
    }
    --scope.running_;
    scope.finished_.push_back(child);
    if (!scope.waiting_.empty()) {
      const auto next = scope.waiting_.front();
      scope.waiting_.pop_front();
      scope.start(next);
    }
    scope.idle_.notify_all();
    co_return Unit{};
  }

  void start(Children::iterator child) {
    reap();
    ++running_;
    runtime_.post(child->runner->handle());
  }
  // The child that is just reporting its end still stands on its own frame: it goes the next time.
  void reap() {
    std::erase_if(finished_, [this](Children::iterator child) {
      const bool done = child->runner->done();
      if (done) {
        children_.erase(child);
      }
      return done;
    });
  }

  Runtime& runtime_;
  std::size_t limit_;
  Notify idle_;
  Children children_;
  std::list<Children::iterator> waiting_;
  std::vector<Children::iterator> finished_;
  std::size_t running_ = 0;
  std::exception_ptr failure_;
};

} // namespace migstorm
