#include "tests/journal/child.hpp"
#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <csignal>
#include <sys/resource.h>
#include <thread>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kGroup = 4; // steps that are committed together
constexpr std::uint32_t kSteps = 8000;

// Intends groups of steps and tells one '.' for each group that commit() acknowledged.
void write_until_killed(const std::string& path, const std::string& id, int pipe) {
  Session session(path);
  if (!session.begin(kSteps, id)) {
    ::_exit(1);
  }
  tell(pipe, "!");
  for (std::uint32_t step = 0; step + kGroup <= kSteps; step += kGroup) {
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      session.journal->intend(intent_of(step + i));
    }
    if (!session.commit()) {
      ::_exit(1);
    }
    tell(pipe, ".");
  }
}

std::uint32_t intended_steps(const LoadedRun& run) {
  std::uint32_t count = 0;
  while (count < run.steps.size() && run.steps[count].state == StepState::intended) {
    ++count;
  }
  return count;
}

// What a child whose disk ends saw: acknowledged groups, then how the first refused commit read.
void write_until_full(const std::string& path, rlim_t bytes_max, int pipe) {
  Session session(path, {.patience = 100ms});
  if (!session.begin(2000)) {
    ::_exit(1);
  }
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes_max, bytes_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  for (std::uint32_t step = 0; step + 1 < 2000; ++step) {
    session.journal->intend(intent_of(step));
    const Status status = session.commit();
    if (!status) {
      session.journal->intend(intent_of(step + 1));
      const Status later = session.commit();
      const bool refused = !later && later.error().code == Errc::storage;
      tell(pipe, (status.error().code == Errc::storage && refused ? "S" : "?") + status.error().detail);
      return;
    }
    tell(pipe, ".");
  }
}

} // namespace

TEST_CASE("a killed writer leaves exactly what was acknowledged", "[journal][kill]") {
  const Folder folder;
  Random random(1, "kill moments");
  for (int round = 0; round < 12; ++round) {
    const std::string id = fmt::format("run-{:02}", round);
    Child child([&](int pipe) { write_until_killed(folder.file(), id, pipe); });
    REQUIRE(child.read(1) == "!");
    std::this_thread::sleep_for(std::chrono::microseconds(random.between(0, 60000)));
    child.kill(SIGKILL);
    const auto acknowledged = static_cast<std::uint32_t>(child.read().size()) * kGroup;
    child.wait();

    const auto run = load_run(folder.file(), "last");
    INFO((run ? id : run.error().detail));
    REQUIRE(run);
    REQUIRE(run->run.id == id);
    REQUIRE(run->steps.size() == kSteps);
    const std::uint32_t kept = intended_steps(*run);
    CHECK(kept >= acknowledged);
    CHECK(kept <= acknowledged + kGroup); // a group may be durable before its writer can say so
    CHECK(kept % kGroup == 0);            // and is never torn
    CHECK(kept == kSteps - static_cast<std::uint32_t>(
                               std::ranges::count(run->steps, StepState::planned, &StepRecord::state)));
    CHECK_FALSE(is_being_written(folder.file(), id));
  }
  const auto runs = list_runs(folder.file());
  REQUIRE(runs);
  CHECK(runs->size() == 12);
  Session resumed(folder.file(), {.resume = "run-05"});
  resumed.journal->note(1s, "resumed", "", "");
  CHECK(resumed.commit());
}

TEST_CASE("a full disk stops the run cleanly and keeps what was acknowledged", "[journal][hostile]") {
  const Folder folder;
  const rlim_t bytes_max = GENERATE(500000U, 600000U, 654321U);
  Child child([&](int pipe) { write_until_full(folder.file(), bytes_max, pipe); });
  const std::string told = child.read();
  child.wait();
  const std::size_t acknowledged = told.find_first_not_of('.');
  REQUIRE(acknowledged != std::string::npos);
  INFO(told.substr(acknowledged));
  CHECK(acknowledged > 0);
  CHECK(told[acknowledged] == 'S');
  CHECK(told.find("disk full") != std::string::npos);
  const auto run = load_run(folder.file(), "last");
  REQUIRE(run);
  CHECK(intended_steps(*run) == acknowledged);
  // With room again, the run goes on.
  Session resumed(folder.file(), {.resume = run->run.id});
  resumed.journal->outcome(outcome_of(0));
  CHECK(resumed.commit());
}
