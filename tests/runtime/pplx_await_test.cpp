#include "harness/runtime/pplx_await.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>
#include <string>
#include <thread>

using namespace migstorm;

namespace {

Task<std::string> both(AsioRuntime& runtime) {
  pplx::task<std::string> first = pplx::create_task([] { return std::string("from the pool, "); });
  std::string text = co_await from_pplx(runtime, std::move(first));
  pplx::task<int> second = pplx::create_task([] { return 42; });
  const int number = co_await from_pplx(runtime, std::move(second));
  co_return text + std::to_string(number);
}

Task<std::thread::id> thread_after_await(AsioRuntime& runtime) {
  pplx::task<int> task = pplx::create_task([] { return 1; });
  co_await from_pplx(runtime, std::move(task));
  co_return std::this_thread::get_id();
}

Task<int> thrower(AsioRuntime& runtime) {
  pplx::task<int> task = pplx::create_task([]() -> int { throw std::runtime_error("refused by the pool"); });
  co_return co_await from_pplx(runtime, std::move(task));
}

} // namespace

TEST_CASE("a pplx task's value arrives on the deciding thread", "[runtime]") {
  AsioRuntime runtime;
  CHECK(run(runtime, both(runtime)) == "from the pool, 42");
  CHECK(run(runtime, thread_after_await(runtime)) == std::this_thread::get_id());
}

TEST_CASE("what a pplx task throws is rethrown to whoever awaits it", "[runtime]") {
  AsioRuntime runtime;
  CHECK_THROWS_WITH(run(runtime, thrower(runtime)), "refused by the pool");
}
