#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"

#include <migstorm/scope.hpp>

#include <algorithm>
#include <stdexcept>

using namespace migstorm;
using namespace std::chrono_literals;

namespace {

struct Gauge {
  int now = 0;
  int peak = 0;
  int done = 0;
};

Task<Unit> work(Runtime& runtime, Gauge& gauge, Span span) {
  gauge.peak = std::max(gauge.peak, ++gauge.now);
  co_await runtime.sleep_for(span);
  --gauge.now;
  ++gauge.done;
  co_return Unit{};
}

Task<Unit> many(Runtime& runtime, Gauge& gauge, std::size_t limit, int count) {
  Scope scope(runtime, limit);
  for (int i = 0; i < count; ++i) {
    scope.spawn(work(runtime, gauge, std::chrono::milliseconds(1 + i % 7)));
  }
  co_return co_await scope.join();
}

Task<Unit> fail_after(Runtime& runtime, Span span) {
  co_await runtime.sleep_for(span);
  throw std::runtime_error("child failed");
}

Task<Unit> one_of_them_fails(Runtime& runtime, Gauge& gauge) {
  Scope scope(runtime);
  scope.spawn(work(runtime, gauge, 5s));
  scope.spawn(fail_after(runtime, 1s));
  co_return co_await scope.join();
}

Task<Unit> request_at(Runtime& runtime, Stop& stop, Instant when, Stop::Level level) {
  co_await runtime.sleep_until(when);
  stop.request(level);
  co_return Unit{};
}

Task<bool> sleep_with_stop(Runtime& runtime, Stop& stop, Instant stop_at, Instant until) {
  Scope scope(runtime);
  scope.spawn(request_at(runtime, stop, stop_at, Stop::Level::finish));
  const bool slept = co_await stop.sleep_until(until);
  co_await scope.join();
  co_return slept;
}

} // namespace

TEST_CASE("a scope never runs more children than its limit, and all of them in the end", "[scope]") {
  SimRuntime runtime;
  Gauge gauge;
  const std::size_t limit = GENERATE(1U, 3U, 8U);
  run(runtime, many(runtime, gauge, limit, 500));
  CHECK(gauge.peak == static_cast<int>(limit));
  CHECK(gauge.done == 500);
}

TEST_CASE("a child's failure surfaces from join after its siblings have ended", "[scope]") {
  SimRuntime runtime;
  Gauge gauge;
  CHECK_THROWS_WITH(run(runtime, one_of_them_fails(runtime, gauge)), "child failed");
  CHECK(gauge.done == 1);
  CHECK(runtime.now() == 5s);
}

TEST_CASE("a sleep that a stop may cut short says which of the two came first", "[stop]") {
  SimRuntime runtime;
  Stop stop(runtime);
  SECTION("the stop") {
    CHECK_FALSE(run(runtime, sleep_with_stop(runtime, stop, 1s, 10s)));
    CHECK(runtime.now() == 1s);
  }
  SECTION("the time") { CHECK(run(runtime, sleep_with_stop(runtime, stop, 10s, 1s))); }
  SECTION("a stop that was there before") {
    stop.request(Stop::Level::finish);
    CHECK_FALSE(run(runtime, stop.sleep_until(10s)));
    CHECK(runtime.now() == 0s);
  }
}

TEST_CASE("a stop only grows", "[stop]") {
  SimRuntime runtime;
  Stop stop(runtime);
  CHECK_FALSE(stop.requested());
  stop.request(Stop::Level::abandon);
  stop.request(Stop::Level::finish);
  CHECK(stop.level() == Stop::Level::abandon);
}
