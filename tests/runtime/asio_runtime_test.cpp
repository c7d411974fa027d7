#include "harness/runtime/asio_await.hpp"
#include "tests/support/catch.hpp"

#include <migstorm/notify.hpp>
#include <migstorm/scope.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <thread>

using namespace migstorm;
using namespace std::chrono_literals;

namespace {

AsioOptions lockstep() {
  AsioOptions options;
  options.lockstep = true;
  return options;
}

Task<Instant> sleep(Runtime& runtime, Span span) {
  co_await runtime.sleep_for(span);
  co_return runtime.now();
}

Task<Instant> blocking_job(Runtime& runtime, Span real) {
  std::function<void()> work = [real] { std::this_thread::sleep_for(real); };
  auto job = runtime.offload(OffloadLane::journal, std::move(work));
  co_await std::move(job);
  co_return runtime.now();
}

Task<Instant> asio_timer(AsioRuntime& runtime, Span real) {
  boost::asio::steady_timer timer(runtime.io(),
                                  std::chrono::duration_cast<std::chrono::steady_clock::duration>(real));
  auto start = [&timer](auto handler) { timer.async_wait(std::move(handler)); };
  const auto waited = co_await from_asio<std::monostate>(runtime, std::move(start));
  CHECK_FALSE(waited.first);
  co_return runtime.now();
}

// Both at once: the timer of cluster time must not fire while the operation is under way.
Task<Unit> sleep_beside_operation(AsioRuntime& runtime, Instant& operation_ended, Instant& woke) {
  struct Children {
    static Task<Unit> operation(AsioRuntime& r, Instant& ended) {
      ended = co_await asio_timer(r, 30ms);
      co_return Unit{};
    }
    static Task<Unit> sleeper(AsioRuntime& r, Instant& at) {
      at = co_await sleep(r, 5s);
      co_return Unit{};
    }
  };
  Scope scope(runtime);
  scope.spawn(Children::sleeper(runtime, woke));
  scope.spawn(Children::operation(runtime, operation_ended));
  co_return co_await scope.join();
}

Task<boost::system::error_code> connect_to_nobody(AsioRuntime& runtime) {
  using boost::asio::ip::tcp;
  tcp::socket socket(runtime.io());
  tcp::acceptor unused(runtime.io(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const tcp::endpoint target = unused.local_endpoint();
  unused.close();
  auto start = [&](auto handler) { socket.async_connect(target, std::move(handler)); };
  const auto connected = co_await from_asio<std::monostate>(runtime, std::move(start));
  co_return connected.first;
}

Task<Unit> notify_at(Runtime& runtime, Notify& notify, Instant when) {
  co_await runtime.sleep_until(when);
  notify.notify_all();
  co_return Unit{};
}

Task<Unit> wait_once(Notify& notify, Instant deadline, int& wakes) {
  co_await notify.wait_until(deadline);
  ++wakes;
  co_return Unit{};
}

Task<int> wakes_at(Runtime& runtime, Instant when) {
  Notify notify(runtime);
  int wakes = 0;
  Scope scope(runtime);
  for (int i = 0; i < 8; ++i) { // before and after the one that notifies
    scope.spawn(wait_once(notify, when, wakes));
    scope.spawn(notify_at(runtime, notify, when));
  }
  co_await scope.join();
  co_await runtime.sleep_for(1ms);
  co_return wakes;
}

} // namespace

TEST_CASE("a waiter whose deadline and notification come together wakes once", "[runtime]") {
  SECTION("in lockstep") {
    AsioRuntime runtime(lockstep());
    CHECK(run(runtime, wakes_at(runtime, 1s)) == 8);
  }
  SECTION("in real time") {
    AsioRuntime runtime;
    CHECK(run(runtime, wakes_at(runtime, 5ms)) == 8);
  }
}

TEST_CASE("lockstep time jumps to the next timer", "[runtime]") {
  AsioRuntime runtime(lockstep());
  const auto before = std::chrono::steady_clock::now();
  CHECK(run(runtime, sleep(runtime, 24h)) == 24h);
  CHECK(std::chrono::steady_clock::now() - before < 10s);
}

TEST_CASE("lockstep time stands still while an operation or offloaded work is under way", "[runtime]") {
  AsioRuntime runtime(lockstep());
  CHECK(run(runtime, asio_timer(runtime, 20ms)) == 0s);
  CHECK(run(runtime, blocking_job(runtime, 20ms)) == 0s);
  Instant operation_ended{};
  Instant woke{};
  run(runtime, sleep_beside_operation(runtime, operation_ended, woke));
  CHECK(operation_ended == 0s);
  CHECK(woke == 5s);
}

TEST_CASE("a scaled clock runs that much faster than real time", "[runtime]") {
  AsioOptions options;
  options.clock_factor = 100;
  AsioRuntime runtime(options);
  const auto before = std::chrono::steady_clock::now();
  const Instant woke = run(runtime, sleep(runtime, 2s));
  const auto real = std::chrono::steady_clock::now() - before;
  CHECK(woke >= 2s);
  CHECK(real >= 19ms);
  CHECK(real < 2s);
}

TEST_CASE("an operation that fails gives its error code", "[runtime]") {
  AsioRuntime runtime;
  CHECK(run(runtime, connect_to_nobody(runtime)) == boost::asio::error::connection_refused);
}

TEST_CASE("coroutines may be posted from any thread", "[runtime]") {
  struct Elsewhere {
    AsioRuntime& runtime;
    std::thread& thread;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> next) const {
      runtime.begin_operation();
      thread = std::thread([&r = runtime, next] { r.end_operation(next); });
    }
    void await_resume() const noexcept {}
  };
  struct Body {
    static Task<std::thread::id> hop(AsioRuntime& runtime, std::thread& thread) {
      for (int i = 0; i < 200; ++i) {
        co_await Elsewhere(runtime, thread);
        thread.join();
      }
      co_return std::this_thread::get_id();
    }
  };
  AsioRuntime runtime;
  std::thread thread;
  CHECK(run(runtime, Body::hop(runtime, thread)) == std::this_thread::get_id());
}

TEST_CASE("signals reach their handler every time, and do not hold lockstep time", "[runtime]") {
  AsioRuntime runtime(lockstep());
  int seen = 0;
  runtime.on_signals({SIGUSR1}, [&seen](int) { ++seen; });
  CHECK(run(runtime, sleep(runtime, 5s)) == 5s);
  std::raise(SIGUSR1);
  while (seen == 0) {
    run(runtime, sleep(runtime, 1s));
  }
  std::raise(SIGUSR1);
  while (seen == 1) {
    run(runtime, sleep(runtime, 1s));
  }
  CHECK(seen == 2);
}

TEST_CASE("the longest turn is measured", "[runtime]") {
  struct Body {
    static Task<Unit> hog() {
      std::this_thread::sleep_for(20ms);
      co_return Unit{};
    }
  };
  AsioRuntime runtime;
  run(runtime, Body::hog());
  CHECK(runtime.longest_turn() >= 20ms);
}
