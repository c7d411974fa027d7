#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

#include <migstorm/scope.hpp>

#include <ctime>
#include <fstream>
#include <iterator>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

// The virtual clock, with the commits that reach the journal's lane counted.
class CountingRuntime final : public Runtime {
public:
  explicit CountingRuntime(SimOptions options) : inner_(options) {}
  Instant now() const noexcept override { return inner_.now(); }
  void post(std::coroutine_handle<> next) noexcept override { inner_.post(next); }
  TimerId post_at(Instant when, std::coroutine_handle<> next) override { return inner_.post_at(when, next); }
  void cancel(TimerId timer) noexcept override { inner_.cancel(timer); }
  bool turn() override { return inner_.turn(); }
  void offload_raw(OffloadLane lane, std::function<void()> work, std::coroutine_handle<> next) override {
    offloads += lane == OffloadLane::journal ? 1 : 0;
    inner_.offload_raw(lane, std::move(work), next);
  }
  CivilTime epoch() const noexcept override { return inner_.epoch(); }
  std::uint64_t seed() const noexcept override { return inner_.seed(); }
  std::string make_guid() override { return inner_.make_guid(); }

  int offloads = 0;

private:
  SimRuntime inner_;
};

// One of `workers` that share the steps.
Task<Unit> migrate(Runtime& runtime, Journal& journal, std::uint32_t first, std::uint32_t steps,
                   std::uint32_t workers, int& failures) {
  for (std::uint32_t step = first; step < steps; step += workers) {
    journal.intend(intent_of(step, runtime.now()));
    Status status = co_await journal.commit();
    failures += status ? 0 : 1;
    journal.ticket(ticket_of(step, runtime.now()));
    co_await runtime.sleep_for(std::chrono::seconds(5 + step % 16));
    journal.outcome(outcome_of(step, StepState::completed, runtime.now()));
    status = co_await journal.commit();
    failures += status ? 0 : 1;
  }
  co_return Unit{};
}

Task<Unit> migrate_all(Runtime& runtime, Journal& journal, std::uint32_t steps, std::uint32_t workers,
                       int& failures) {
  journal.begin_run(sample_record(), sample_guests(), sample_steps(steps));
  Scope scope(runtime);
  for (std::uint32_t first = 0; first < workers; ++first) {
    scope.spawn(migrate(runtime, journal, first, steps, workers, failures));
  }
  co_await scope.join();
  RunEnd end;
  end.verdict = "PASSED";
  end.at = runtime.now();
  journal.end_run(std::move(end));
  const Status status = co_await journal.commit();
  failures += status ? 0 : 1;
  co_return Unit{};
}

struct Written {
  int offloads = 0;
  int failures = 0;
};

Written write_run(const std::string& path, std::uint32_t steps, std::uint32_t workers,
                  Span offload_time = {}) {
  CountingRuntime runtime(SimOptions{.offload_time = offload_time});
  auto journal = open_journal(runtime, path, {.durable = false});
  REQUIRE(journal);
  Written written;
  run(runtime, migrate_all(runtime, **journal, steps, workers, written.failures));
  written.offloads = runtime.offloads;
  return written;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("what is intended in one turn goes into one transaction", "[journal]") {
  const Folder folder;
  const Written written = write_run(folder.file(), 16, 16);
  CHECK(written.failures == 0);
  // One for the plan and all intentions; the outcomes fall on 16 instants; one for the end.
  CHECK(written.offloads <= 18);
  const auto run = load_run(folder.file(), "last");
  REQUIRE(run);
  for (const StepRecord& step : run->steps) {
    CHECK(step.state == StepState::completed);
  }
}

TEST_CASE("whoever comes while a commit is running shares the next one", "[journal]") {
  const Folder folder;
  const Written quick = write_run(folder.file("quick.db"), 64, 64);
  const Written slow = write_run(folder.file("slow.db"), 64, 64, std::chrono::seconds(2));
  CHECK(slow.failures == 0);
  CHECK(slow.offloads < quick.offloads);
}

TEST_CASE("a commit of nothing returns at once", "[journal]") {
  const Folder folder;
  CountingRuntime runtime(SimOptions{});
  auto journal = open_journal(runtime, folder.file());
  REQUIRE(journal);
  CHECK(run(runtime, (*journal)->commit()));
  CHECK(runtime.offloads == 0);
}

TEST_CASE("the same run is the same file, byte for byte", "[journal][determinism]") {
  const Folder folder;
  write_run(folder.file("one.db"), 500, 8);
  const std::string junk(1 << 20, 'x'); // another state of the heap for the second run
  write_run(folder.file("two.db"), 500, 8);
  const std::string one = bytes_of(folder.file("one.db"));
  CHECK(one.size() > 50000);
  CHECK((one == bytes_of(folder.file("two.db"))));
  CHECK_FALSE(std::filesystem::exists(folder.file("one.db-wal"))); // all of it is in the main file
}

TEST_CASE("12,000 migrations cost little to write and to load", "[journal]") {
  const Folder folder;
  const std::clock_t start = std::clock(); // of the processor: other programs must not fail this
  CHECK(write_run(folder.file(), 12000, 8).failures == 0);
  const std::clock_t written = std::clock();
  const auto run = load_run(folder.file(), "last");
  const std::clock_t loaded = std::clock();
  REQUIRE(run);
  CHECK(run->steps.size() == 12000);
  const auto ms = [](std::clock_t span) { return span * 1000 / CLOCKS_PER_SEC; };
  INFO("written in " << ms(written - start) << " ms, loaded in " << ms(loaded - written) << " ms");
  CHECK(ms(written - start) < 60000); // far above what it takes: this guards against another order of growth
  CHECK(ms(loaded - written) < 2000);
}
