// Others are at work on the same cluster.
#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

Rig busy_rig() {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 400;
  rig.scenario.breaker.resumes = 100;
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  return rig;
}

// One that is deleted in flight has an unknown outcome instead.
Task<Unit> remove_at_rest(Rig& rig, Instant from, std::string guest) {
  co_await rig.runtime->sleep_until(from);
  while (rig.cluster.guest(guest).moving) {
    co_await rig.runtime->sleep_for(100ms);
  }
  rig.cluster.remove_guest(guest);
  co_return Unit{};
}

} // namespace

TEST_CASE("the steps of a guest that somebody deleted are skipped, the others go on", "[foreign]") {
  Rig rig = busy_rig();
  rig.scenario.restore_placement = true;
  Scope scope(*rig.runtime);
  scope.spawn(remove_at_rest(rig, rig.runtime->now() + 10s, "g3"));
  const auto end = rig.go();
  REQUIRE(end);
  CHECK(rig.progress.settled() == 400);
  CHECK(rig.progress.skipped > 0);
  CHECK(rig.progress.completed > 300);
  std::size_t gone = 0;
  for (const auto& note : rig.journal.notes) {
    gone += note.kind == "guest-gone" && note.subject == "g3" ? 1U : 0U;
  }
  CHECK(gone == 1);
}

TEST_CASE("nothing is moved to a paused node, and its guests may leave it", "[foreign]") {
  Rig rig = busy_rig();
  const Instant start = rig.runtime->now();
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, start + 10s, [&rig] { rig.cluster.paused.insert("node2"); }));
  scope.spawn(at(*rig.runtime, start + 60s, [&rig] { rig.cluster.paused.clear(); }));
  REQUIRE(rig.go());
  std::size_t left = 0;
  for (const LedgerMove& move : rig.cluster.ledger) {
    const bool paused = move.started > start + 15s && move.started < start + 60s;
    CHECK_FALSE((paused && move.to == "node2"));
    left += move.started > start + 10s && move.started < start + 60s && move.from == "node2" ? 1U : 0U;
  }
  CHECK(left > 0);
  CHECK(rig.progress.settled() == 400);
}

TEST_CASE("a guest waits while a checkpoint of it is made", "[foreign]") {
  Rig rig = busy_rig();
  const Instant start = rig.runtime->now();
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, start + 10s, [&rig] { rig.cluster.guest("g1").row.busy = true; }));
  scope.spawn(at(*rig.runtime, start + 60s, [&rig] { rig.cluster.guest("g1").row.busy = false; }));
  REQUIRE(rig.go());
  for (const LedgerMove& move : rig.cluster.ledger) {
    CHECK_FALSE((move.guest == "GUID-g1" && move.started > start + 15s && move.started < start + 60s));
  }
  CHECK(rig.progress.settled() == 400);
}

TEST_CASE("a guest that somebody moved back before anyone looked is unknown, not failed", "[foreign]") {
  Rig rig(1, 2, 2, true);
  rig.scenario.migrate.count = 2;
  rig.cluster.move_min = rig.cluster.move_max = 3s;
  rig.cluster.faults.fail = 1; // it ends on its source
  SECTION("the cluster knows of no failure") {
    rig.cluster.forgets_failures = true;
    REQUIRE(rig.go());
    CHECK(rig.journal.count(StepState::unknown) == 2);
  }
  SECTION("the cluster knows why it failed") {
    REQUIRE(rig.go());
    CHECK(rig.journal.count(StepState::failed) == 2);
  }
}

TEST_CASE("a move that somebody undoes at once, and whose failure the cluster knows, is not failed",
          "[foreign]") {
  Rig rig(1, 2, 1, true);
  rig.scenario.migrate.count = 1;
  rig.cluster.faults.stuck = 1;
  const Instant start = rig.runtime->now();
  auto& guest = rig.cluster.guest("g0");
  Scope scope(*rig.runtime);
  // It arrives, and is on its way back before anyone looked.
  scope.spawn(at(*rig.runtime, start + 20s, [&] {
    guest.host = "node1";
    rig.cluster.failures[guest.group] = 0x800705b4;
  }));
  scope.spawn(at(*rig.runtime, start + 23s, [&] {
    guest.host = "node0";
    guest.moving = guest.row.migrating = false;
  }));
  SECTION("the destination shows the guest: completed") {
    REQUIRE(rig.go());
    CHECK(rig.journal.count(StepState::completed) == 1);
  }
  SECTION("the destination shows nothing: unknown") {
    rig.cluster.host_down("node1", start + 15s, start + 40s);
    REQUIRE(rig.go());
    CHECK(rig.journal.count(StepState::unknown) == 1);
  }
  CHECK(rig.journal.count(StepState::failed) == 0);
}

TEST_CASE("a move whose group was given to the destination ahead of the guest, and that fails, is failed",
          "[foreign]") {
  Rig rig(1, 2, 1, true);
  rig.scenario.migrate.count = 1;
  rig.cluster.names_owners_ahead = true;
  rig.cluster.move_min = rig.cluster.move_max = 5s;
  rig.cluster.faults.fail = 1;
  REQUIRE(rig.go());
  CHECK(rig.journal.count(StepState::failed) == 1);
}

TEST_CASE("a guest that somebody takes to a third host and then to the destination is unknown, not completed",
          "[foreign]") {
  Rig rig(1, 3, 1, true);
  rig.scenario.migrate.count = 1;
  rig.cluster.faults.stuck = 1;
  const auto put_on = [&rig](const char* host) {
    rig.cluster.guest("g0").host = host;
    rig.cluster.guest("g0").moving = false;
    rig.cluster.guest("g0").row.migrating = false;
  };
  const Instant start = rig.runtime->now();
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, start + 40s, [&] { put_on("node2"); }));
  scope.spawn(at(*rig.runtime, start + 100s, [&] { put_on("node1"); }));
  REQUIRE(rig.go());
  CHECK(rig.journal.count(StepState::unknown) == 1);
  CHECK(rig.journal.count(StepState::completed) == 0);
}

namespace {

// While our request for the `number`th intention is on its way and gets lost, somebody else's move of the
// guest ends where ours would.
Task<Unit> arrive_by_others(Rig& rig, std::size_t number, std::string host) {
  while (rig.journal.intents_queued.size() < number) {
    co_await rig.runtime->sleep_for(1ms);
  }
  rig.cluster.faults.busy = 0;
  rig.cluster.faults.lose_request = 1;
  rig.cluster.guest("g0").host = host;
  co_await rig.runtime->sleep_for(1s);
  rig.cluster.faults.lose_request = 0;
  co_return Unit{};
}

Rig lone_guest() {
  Rig rig(1, 2, 1, true);
  rig.cluster.latency = 20ms;
  rig.cluster.move_min = rig.cluster.move_max = 3s;
  return rig;
}

} // namespace

TEST_CASE("a guest that was there too soon for a lost request of ours is unknown, not completed",
          "[foreign]") {
  Rig rig = lone_guest();
  rig.scenario.migrate.count = 4;
  Scope scope(*rig.runtime);
  scope.spawn(arrive_by_others(rig, 4, "node0"));
  REQUIRE(rig.go());
  CHECK(rig.journal.count(StepState::completed) == 3);
  CHECK(rig.journal.count(StepState::unknown) == 1);
}

TEST_CASE("a lost request for a guest that its host was moving for somebody else is unknown", "[foreign]") {
  Rig rig = lone_guest();
  rig.scenario.migrate.count = 1;
  rig.cluster.faults.busy = 1;
  Scope scope(*rig.runtime);
  scope.spawn(arrive_by_others(rig, 3, "node1"));
  REQUIRE(rig.go());
  CHECK(rig.journal.count(StepState::unknown) == 1);
}

TEST_CASE("a guest that a drain of its source may have brought there is unknown, not completed",
          "[foreign]") {
  Rig rig = lone_guest();
  rig.scenario.migrate.count = 1;
  const Instant start = rig.runtime->now();
  Scope scope(*rig.runtime);
  SECTION("the answer to our request was lost") {
    rig.cluster.faults.lose_request = 1;
    scope.spawn(at(*rig.runtime, start + 1s, [&rig] { rig.cluster.paused.insert("node0"); }));
    scope.spawn(at(*rig.runtime, start + 8s, [&rig] { rig.cluster.guest("g0").host = "node1"; }));
  }
  SECTION("our move was accepted, and did not get there") {
    rig.cluster.faults.stuck = 1;
    scope.spawn(at(*rig.runtime, start + 1s, [&rig] { rig.cluster.paused.insert("node0"); }));
    scope.spawn(at(*rig.runtime, start + 8s, [&rig] {
      rig.cluster.guest("g0").host = "node1";
      rig.cluster.guest("g0").moving = false;
      rig.cluster.guest("g0").row.migrating = false;
    }));
  }
  REQUIRE(rig.go());
  CHECK(rig.journal.count(StepState::unknown) == 1);
  CHECK(rig.journal.count(StepState::completed) == 0);
}
