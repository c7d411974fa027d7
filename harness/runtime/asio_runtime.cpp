#include "harness/runtime/asio_runtime.hpp"

#include "harness/runtime/guid.hpp"
#include "harness/runtime/timer_queue.hpp"
#include "harness/runtime/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace migstorm {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kLanes = 3;
// Sockets are looked after at least once in that many turns, however much is runnable.
constexpr unsigned kTurnsBetweenPolls = 64;
constexpr Span kIdleMax = std::chrono::hours(1); // keeps the arithmetic on far-away timers in range

std::uint64_t entropy() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) ^ device();
}

} // namespace

struct AsioRuntime::Impl {
  struct Foreign {
    std::coroutine_handle<> next;
    bool ends_operation = false;
  };

  explicit Impl(AsioOptions o) : options(o), virtual_now(o.start.count()), guids(entropy(), "guid") {}

  AsioOptions options;
  Steady::time_point begun = Steady::now();
  std::atomic<Instant::rep> virtual_now;
  Random guids;
  boost::asio::io_context io{1};
  std::thread::id decider = std::this_thread::get_id();
  std::deque<std::coroutine_handle<>> ready;
  TimerQueue timers;
  std::size_t operations = 0; // under way; the deciding thread's
  std::mutex mutex;
  std::vector<Foreign> foreign; // from other threads
  std::vector<Foreign> taken;
  std::atomic<bool> has_foreign = false;
  unsigned turns_since_poll = 0;
  bool timer_went = false; // in the last turn
  Span longest_turn{};
  std::vector<std::unique_ptr<boost::asio::signal_set>> signals;
  std::array<std::unique_ptr<Worker>, kLanes> lanes; // last: jobs may still hand over when they end

  Instant now() const noexcept {
    if (options.lockstep) {
      return Instant(virtual_now.load(std::memory_order_acquire));
    }
    return options.start + (Steady::now() - begun) * options.clock_factor;
  }

  // The loop is woken under the lock: once it has taken what was handed over, it may end, and the io_context
  // with it.
  void hand_over(std::coroutine_handle<> next, bool ends_operation) noexcept {
    const std::scoped_lock lock(mutex);
    foreign.push_back({next, ends_operation});
    if (!has_foreign.exchange(true, std::memory_order_acq_rel)) {
      boost::asio::post(io, [] {});
    }
  }

  void take_foreign() {
    if (!has_foreign.exchange(false, std::memory_order_acq_rel)) {
      return;
    }
    {
      const std::scoped_lock lock(mutex);
      taken.swap(foreign);
    }
    for (const Foreign& item : taken) {
      operations -= item.ends_operation ? 1 : 0;
      ready.push_back(item.next);
    }
    taken.clear();
  }

  void poll_sockets() {
    turns_since_poll = 0;
    io.restart();
    io.poll();
    take_foreign();
  }

  // The coroutine of a timer that is due. It must be resumed at once: while it stood in a queue, whoever
  // notifies it would find no timer to cancel and post it a second time. In lockstep the clock moves here and
  // nowhere else.
  std::coroutine_handle<> take_due_timer() {
    if (timers.empty()) {
      return {};
    }
    if (options.lockstep && ready.empty() && operations == 0) {
      virtual_now.store(std::max(now(), timers.next_time()).count(), std::memory_order_release);
    }
    return timers.next_time() <= now() ? timers.pop() : std::coroutine_handle<>();
  }

  // Timers and what is runnable take turns, so that neither keeps the other waiting.
  std::coroutine_handle<> take_next() {
    if (!ready.empty() && std::exchange(timer_went, false)) {
      return take_ready();
    }
    if (const std::coroutine_handle<> due = take_due_timer()) {
      timer_went = true;
      return due;
    }
    return ready.empty() ? std::coroutine_handle<>() : take_ready();
  }

  std::coroutine_handle<> take_ready() {
    const std::coroutine_handle<> next = ready.front();
    ready.pop_front();
    return next;
  }

  // Until a socket, a worker or a timer has something; false if nothing ever will.
  bool wait() {
    if (operations == 0 && timers.empty()) {
      return false;
    }
    io.restart();
    // Without work of its own, run_one would return at once although a worker is about to hand over.
    const auto guard = boost::asio::make_work_guard(io);
    if (options.lockstep || timers.empty()) {
      io.run_one();
    } else {
      const Span left = std::clamp(timers.next_time() - now(), Span{}, kIdleMax);
      io.run_one_for(left / options.clock_factor + std::chrono::microseconds(1));
    }
    take_foreign();
    return true;
  }

  void resume(std::coroutine_handle<> next) {
    const Steady::time_point from = Steady::now();
    next.resume();
    longest_turn = std::max<Span>(longest_turn, Steady::now() - from);
  }

  void await_signal(boost::asio::signal_set& set, const std::shared_ptr<std::function<void(int)>>& handler) {
    set.async_wait([this, &set, handler](const boost::system::error_code& error, int number) {
      if (!error) {
        (*handler)(number);
        await_signal(set, handler);
      }
    });
  }
};

AsioRuntime::AsioRuntime(AsioOptions options) : impl_(std::make_unique<Impl>(options)) {
  assert(options.clock_factor >= 1);
  outer_ = std::exchange(current_, this);
}

AsioRuntime::~AsioRuntime() { current_ = outer_; }

Instant AsioRuntime::now() const noexcept { return impl_->now(); }

void AsioRuntime::post(std::coroutine_handle<> next) noexcept {
  if (std::this_thread::get_id() == impl_->decider) {
    impl_->ready.push_back(next);
  } else {
    impl_->hand_over(next, false);
  }
}

Runtime::TimerId AsioRuntime::post_at(Instant when, std::coroutine_handle<> next) {
  return impl_->timers.add(when, next);
}

void AsioRuntime::cancel(TimerId timer) noexcept { impl_->timers.cancel(timer); }

bool AsioRuntime::turn() {
  impl_->take_foreign();
  if (impl_->ready.empty() || ++impl_->turns_since_poll >= kTurnsBetweenPolls) {
    impl_->poll_sockets();
  }
  std::coroutine_handle<> next = impl_->take_next();
  while (!next) {
    if (!impl_->wait()) {
      return false;
    }
    next = impl_->take_next();
  }
  impl_->resume(next);
  return true;
}

void AsioRuntime::offload_raw(OffloadLane lane, std::function<void()> work, std::coroutine_handle<> next) {
  std::unique_ptr<Worker>& worker = impl_->lanes.at(static_cast<std::size_t>(lane));
  if (!worker) {
    worker = std::make_unique<Worker>();
  }
  begin_operation();
  worker->give([this, work = std::move(work), next] {
    work();
    end_operation(next);
  });
}

CivilTime AsioRuntime::epoch() const noexcept { return impl_->options.epoch; }
std::uint64_t AsioRuntime::seed() const noexcept { return impl_->options.seed; }
std::string AsioRuntime::make_guid() { return format_guid(impl_->guids); }
boost::asio::io_context& AsioRuntime::io() noexcept { return impl_->io; }

void AsioRuntime::begin_operation() noexcept { ++impl_->operations; }

void AsioRuntime::end_operation(std::coroutine_handle<> next) noexcept {
  if (std::this_thread::get_id() == impl_->decider) {
    --impl_->operations;
    impl_->ready.push_back(next);
  } else {
    impl_->hand_over(next, true);
  }
}

void AsioRuntime::on_signals(std::initializer_list<int> signals, std::function<void(int)> handler) {
  auto set = std::make_unique<boost::asio::signal_set>(impl_->io);
  for (const int number : signals) {
    set->add(number);
  }
  impl_->await_signal(*set, std::make_shared<std::function<void(int)>>(std::move(handler)));
  impl_->signals.push_back(std::move(set));
}

Span AsioRuntime::longest_turn() const noexcept { return impl_->longest_turn; }

} // namespace migstorm
