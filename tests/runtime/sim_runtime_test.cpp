#include "harness/runtime/sim_runtime.hpp"

#include "tests/support/catch.hpp"

#include <migstorm/notify.hpp>
#include <migstorm/scope.hpp>

#include <string>
#include <vector>

using namespace migstorm;
using namespace std::chrono_literals;

namespace {

Task<Unit> note_after(Runtime& runtime, Span span, int number, std::vector<int>& order) {
  co_await runtime.sleep_for(span);
  order.push_back(number);
  co_return Unit{};
}

Task<Unit> three_sleepers(Runtime& runtime, std::vector<int>& order) {
  Scope scope(runtime);
  scope.spawn(note_after(runtime, 2s, 2, order));
  scope.spawn(note_after(runtime, 1s, 1, order));
  scope.spawn(note_after(runtime, 2s, 3, order));
  co_return co_await scope.join();
}

Task<int> ready(int value) { co_return value; }

Task<long> sum_of_ready_tasks(int count) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += co_await ready(1);
  }
  co_return sum;
}

Task<Instant> offloaded(Runtime& runtime) {
  bool done = false;
  std::function<void()> work = [&done] { done = true; };
  auto job = runtime.offload(OffloadLane::files, std::move(work));
  co_await std::move(job);
  CHECK(done);
  co_return runtime.now();
}

Task<bool> wait_until(Runtime& runtime, Notify& notify, Instant when) {
  (void)runtime;
  co_return co_await notify.wait_until(when);
}

Task<Unit> notify_at(Runtime& runtime, Notify& notify, Instant when) {
  co_await runtime.sleep_until(when);
  notify.notify_all();
  co_return Unit{};
}

Task<bool> notified_in_time(Runtime& runtime, Instant notified, Instant deadline) {
  Notify notify(runtime);
  Scope scope(runtime);
  scope.spawn(notify_at(runtime, notify, notified));
  const bool in_time = co_await wait_until(runtime, notify, deadline);
  co_await scope.join();
  co_return in_time;
}

Task<Unit> wait_for_ever(Runtime& runtime) {
  Notify never(runtime);
  co_await never.wait();
  co_return Unit{};
}

} // namespace

TEST_CASE("virtual time passes in the order of the timers, ties in the order they were set", "[runtime]") {
  SimRuntime runtime;
  std::vector<int> order;
  run(runtime, three_sleepers(runtime, order));
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK(runtime.now() == 2s);
}

TEST_CASE("a resumed run's clock goes on from its start", "[runtime]") {
  SimOptions options;
  options.start = 90s;
  SimRuntime runtime(options);
  std::vector<int> order;
  run(runtime, note_after(runtime, 5s, 1, order));
  CHECK(runtime.now() == 95s);
  CHECK(runtime.civil_now() == runtime.epoch() + 95s);
}

TEST_CASE("a million ready tasks in a row do not grow the stack", "[runtime]") {
  SimRuntime runtime;
  CHECK(run(runtime, sum_of_ready_tasks(1'000'000)) == 1'000'000);
}

TEST_CASE("offloaded work takes its modelled time in simulation", "[runtime]") {
  SimOptions options;
  options.offload_time = 3ms;
  SimRuntime runtime(options);
  CHECK(run(runtime, offloaded(runtime)) == 3ms);
}

TEST_CASE("a wait with a deadline tells a notification from the deadline", "[runtime]") {
  SimRuntime runtime;
  CHECK(run(runtime, notified_in_time(runtime, 1s, 2s)));
  CHECK_FALSE(run(runtime, notified_in_time(runtime, runtime.now() + 3s, runtime.now() + 2s)));
}

TEST_CASE("a task that waits for something that cannot happen any more is a programmer's error",
          "[runtime]") {
  SimRuntime runtime;
  Task<Unit> task = wait_for_ever(runtime);
  runtime.post(task.handle());
  while (runtime.turn()) {
  }
  CHECK_FALSE(task.done());
}

TEST_CASE("identifiers come from the seed and look like GUIDs", "[runtime]") {
  SimOptions options;
  options.seed = 7;
  SimRuntime first(options);
  SimRuntime second(options);
  const std::string guid = first.make_guid();
  CHECK(guid == second.make_guid());
  CHECK(guid != first.make_guid());
  REQUIRE(guid.size() == 36);
  CHECK(guid[8] == '-');
  CHECK(guid[14] == '4');
  CHECK(std::string("89AB").find(guid[19]) != std::string::npos);
  CHECK(guid.find_first_not_of("0123456789ABCDEF-") == std::string::npos);
}
