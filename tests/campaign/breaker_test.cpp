#include "harness/campaign/breaker.hpp"

#include "harness/campaign/bystanders.hpp"
#include "harness/campaign/cluster_guard.hpp"
#include "harness/scenario/volumes.hpp"
#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::campaign;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

using State = Breaker::State;

Breaker tripped(BreakerSpec spec = {}) {
  Breaker breaker(spec);
  breaker.trouble(Trouble::node_down, "NODE3", "it is down", 10s);
  return breaker;
}

hyperv::GuestSummary row(hyperv::EnabledState state, hyperv::Heartbeat heartbeat) {
  hyperv::GuestSummary out;
  out.id = "OTHER";
  out.name = "their-db";
  out.state = state;
  out.heartbeat = heartbeat;
  return out;
}

const auto kWell = row(hyperv::EnabledState::enabled, hyperv::Heartbeat::ok);

// No move begins from `limit` after the trouble began until it is over.
std::size_t begun_between(const Rig& rig, Instant from, Instant to) {
  std::size_t count = 0;
  for (const LedgerMove& move : rig.cluster.ledger) {
    count += move.started > from && move.started < to ? 1U : 0U;
  }
  return count;
}

std::string notes_of(const Rig& rig, std::string_view kind) {
  std::string all;
  for (const auto& note : rig.journal.notes) {
    all += note.kind == kind ? note.detail + "\n" : "";
  }
  return all;
}

} // namespace

TEST_CASE("trouble pauses at once and says why", "[breaker]") {
  Breaker breaker = tripped();
  CHECK(breaker.state(10s) == State::open);
  CHECK(breaker.news(10s) == "paused: node-down NODE3: it is down");
  CHECK(breaker.news(10s).empty());
}

TEST_CASE("a minute after the last trouble is over moves begin again, once", "[breaker]") {
  Breaker breaker = tripped();
  breaker.trouble(Trouble::volume_worse, "Volume1", "redirected", 12s);
  breaker.clear(Trouble::node_down, "NODE3", 20s);
  CHECK(breaker.state(10min) == State::open);
  breaker.clear(Trouble::volume_worse, "Volume1", 10min);
  CHECK(breaker.next_change() == 11min);
  CHECK(breaker.state(11min - 1ns) == State::open);
  CHECK(breaker.state(11min) == State::closed);
  CHECK(breaker.next_change() == Instant::max());

  breaker.trouble(Trouble::node_down, "NODE4", "it is down", 20min);
  CHECK(breaker.state(20min) == State::broken_off);
  CHECK(breaker.news(20min) == "broken off, it was paused once before: node-down NODE4: it is down");
  breaker.clear(Trouble::node_down, "NODE4", 21min);
  CHECK(breaker.state(24h) == State::broken_off);
  CHECK(breaker.reasons() == "node-down NODE4: it is down");
}

TEST_CASE("trouble that comes back within the minute keeps the pause, and is not counted again",
          "[breaker]") {
  Breaker breaker = tripped();
  breaker.clear(Trouble::node_down, "NODE3", 20s);
  breaker.trouble(Trouble::node_down, "NODE3", "it is down", 50s);
  CHECK(breaker.state(85s) == State::open);
  breaker.clear(Trouble::node_down, "NODE3", 90s);
  CHECK(breaker.state(150s) == State::closed);
}

TEST_CASE("trouble that does not end breaks the run off after half an hour", "[breaker]") {
  Breaker breaker = tripped();
  CHECK(breaker.next_change() == 10s + 30min);
  CHECK(breaker.state(30min) == State::open);
  CHECK(breaker.state(10s + 30min) == State::broken_off);
}

TEST_CASE("how often it goes on by itself is the scenario's to say", "[breaker]") {
  CHECK(tripped({5, 0}).state(10s) == State::broken_off);
  Breaker breaker({5, 2});
  for (const Instant at : {Instant(10s), Instant(1h)}) {
    breaker.trouble(Trouble::node_down, "N", "", at);
    breaker.clear(Trouble::node_down, "N", at + 1s);
    CHECK(breaker.state(at + 2s) == State::open);
    CHECK(breaker.state(at + 2min) == State::closed);
  }
  breaker.trouble(Trouble::node_down, "N", "", 2h);
  CHECK(breaker.news(2h).starts_with("broken off, it was paused 2 times before"));
}

TEST_CASE("failed moves in a row pause the run, one that lands in between does not let them", "[breaker]") {
  Breaker breaker({3, 1});
  for (int i = 0; i < 10; ++i) {
    breaker.move_failed("g", 1s);
    breaker.move_failed("g", 1s);
    breaker.move_completed();
  }
  CHECK(breaker.state(1s) == State::closed);
  breaker.move_failed("g1", 2s);
  breaker.move_failed("g2", 2s);
  breaker.move_failed("g3", 2s);
  CHECK(breaker.state(2s) == State::open);
  CHECK(breaker.reasons() == "failed-moves: 3 moves in a row failed, the last one of g3");
  CHECK(breaker.state(2s + 6min) == State::closed);
}

TEST_CASE("a guest of others that stops running or falls silent is trouble, for a while", "[breaker]") {
  Breaker breaker({5, 9});
  Bystanders others;
  others.observe("h1", kWell, 0s, breaker);
  CHECK(breaker.state(0s) == State::closed);
  SECTION("saved") {
    others.observe("h1", row(hyperv::EnabledState::enabled_but_offline, hyperv::Heartbeat::unknown), 10s,
                   breaker);
    CHECK(breaker.reasons().starts_with("other-guest-stopped their-db: was running on h1"));
    CHECK(breaker.state(10s) == State::open);
    CHECK(breaker.state(10s + 7min) == State::closed); // its owner wanted it so
  }
  SECTION("silent") {
    others.observe("h1", row(hyperv::EnabledState::enabled, hyperv::Heartbeat::lost_communication), 90s,
                   breaker);
    CHECK(breaker.state(90s) == State::open);
    others.observe("h1", kWell, 100s, breaker);
    CHECK(breaker.state(161s) == State::closed);
  }
  SECTION("silent just after others moved it") {
    others.observe("h2", row(hyperv::EnabledState::enabled, hyperv::Heartbeat::lost_communication), 90s,
                   breaker);
    CHECK(breaker.state(90s) == State::closed);
  }
  SECTION("moved by others") {
    auto moving = row(hyperv::EnabledState::disabled, hyperv::Heartbeat::unknown);
    moving.migrating = true;
    others.observe("h2", moving, 90s, breaker);
    others.observe("h2", kWell, 95s, breaker);
    CHECK(breaker.state(95s) == State::closed);
  }
  SECTION("off from the beginning") {
    auto other = row(hyperv::EnabledState::disabled, hyperv::Heartbeat::unknown);
    other.id = "THIRD";
    others.observe("h1", other, 90s, breaker);
    CHECK(breaker.state(90s) == State::closed);
  }
}

TEST_CASE("within five seconds of a node's death no move begins, and the run goes on when it is back",
          "[breaker]") {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 2000;
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  rig.cluster.latency = 100ms;
  rig.cluster.host_down("node3", rig.runtime->now() + 60s, rig.runtime->now() + 180s);
  const Instant died = rig.runtime->now() + 60s;
  const auto end = rig.go();
  REQUIRE(end);
  CHECK_FALSE(end->resumable);
  CHECK(rig.broken().empty());
  CHECK(begun_between(rig, Instant{}, died) > 10);
  CHECK(begun_between(rig, died + 5s, died + 2min + 1min) == 0);
  CHECK(rig.progress.settled() == 2000);
  CHECK(notes_of(rig, "breaker") ==
        "paused: node-down node3: it is down\nmoves begin again, the trouble is over\n");
}

TEST_CASE("the second time the run is broken off, its steps stay planned, and a resume does them",
          "[breaker]") {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 2000;
  rig.scenario.restore_placement = true;
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  const Instant start = rig.runtime->now();
  rig.cluster.host_down("node3", start + 60s, start + 120s);
  Scope scope(*rig.runtime);
  scope.spawn(
      at(*rig.runtime, start + 200s, [&] { rig.cluster.host_down("node2", start + 220s, start + 500s); }));
  const auto end = rig.go();
  REQUIRE(end);
  CHECK(end->resumable);
  CHECK(end->verdict == "INCONCLUSIVE");
  CHECK(end->reason.starts_with("broken off by the breaker: node-down node2"));
  CHECK(begun_between(rig, start + 225s, Instant::max()) == 0);
  CHECK(rig.progress.settled() < 2000);
  run(*rig.runtime, at(*rig.runtime, start + 600s, [] {}));
  REQUIRE(rig.resume());
  CHECK(rig.progress.settled() == 2000);
  CHECK(rig.broken().empty());
}

TEST_CASE("a volume that is worse than at the start pauses, one that was found so does not", "[breaker]") {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 400;
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  rig.cluster.volumes = {{"Volume1", 0, false}, {"Volume2", 1, false}};
  const Instant start = rig.runtime->now();
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, start + 20s, [&] { rig.cluster.volumes[0].fault_state = 1; }));
  scope.spawn(at(*rig.runtime, start + 80s, [&] { rig.cluster.volumes[0].fault_state = 0; }));
  REQUIRE(rig.go());
  CHECK(begun_between(rig, start + 25s, start + 140s) == 0);
  CHECK(
      notes_of(rig, "breaker").starts_with("paused: volume-worse Volume1: redirected, it was direct I/O\n"));
  CHECK(rig.progress.settled() == 400);
}

TEST_CASE("a volume below its floor stops a run before it begins, and pauses one that has begun",
          "[breaker]") {
  Rig rig(1, 4, 8, true);
  rig.scenario.migrate.count = 400;
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  constexpr std::uint64_t kTib = 1ULL << 40U;
  const auto fill = [&rig](std::uint64_t free) {
    for (const std::string& host : rig.host_names) {
      rig.cluster.rooms[host].volumes = {{"C:\\disks", 10 * kTib, free}};
    }
  };
  SECTION("before") {
    fill(kTib);
    const auto end = rig.go();
    REQUIRE_FALSE(end);
    CHECK(end.error().detail.find("has 1024.0 GiB free, at least 2048.0 GiB are wanted") !=
          std::string::npos);
    CHECK(rig.cluster.ledger.empty());
  }
  SECTION("in the middle") {
    fill(3 * kTib);
    const Instant start = rig.runtime->now();
    Scope scope(*rig.runtime);
    scope.spawn(at(*rig.runtime, start + 20s, [&] { fill(kTib); }));
    scope.spawn(at(*rig.runtime, start + 100s, [&] { fill(3 * kTib); }));
    REQUIRE(rig.go());
    CHECK(begun_between(rig, start + 60s, start + 150s) == 0);
    CHECK(notes_of(rig, "breaker").starts_with(R"(paused: volume-floor node0 C:\disks: 1024.0 GiB free)"));
    CHECK(rig.progress.settled() == 400);
  }
}

TEST_CASE("the floor is the larger of a share and a number of bytes", "[breaker]") {
  const LabFile::Space space{20, 200};
  CHECK(floor_of(10'000, space) == 2000);
  CHECK(floor_of(500, space) == 200);
}

TEST_CASE("a path lies on the volume with the longest root, whatever its case", "[breaker]") {
  const std::vector<hyperv::Volume> volumes = {{"C:", 1, 1}, {R"(C:\ClusterStorage\Volume1)", 1, 1}};
  CHECK(volume_of(volumes, R"(c:\clusterstorage\volume1\g\d.vhd)") == &volumes[1]);
  CHECK(volume_of(volumes, R"(C:\ClusterStorage\Volume12\g\d.vhd)") == &volumes[0]);
  CHECK(volume_of(volumes, R"(\\server\share\d.vhd)") == nullptr);
}

TEST_CASE("a cluster has a reserve while the others can take the guests of any one node", "[breaker]") {
  CHECK(without_reserve({{"a", 10, 5}, {"b", 5, 10}}) == nullptr);
  const std::vector<HostLoad> tight = {{"a", 10, 5}, {"b", 6, 9}};
  CHECK(without_reserve(tight) == &tight[0]);
  CHECK(without_reserve({{"alone", 10, 0}}) == nullptr);
}

TEST_CASE("a resumed run compares volumes with how its first beginning found them", "[breaker]") {
  ClusterBaseline start;
  start.fault_states["Volume1"] = 1; // as it is now
  recall_baseline(
      start,
      {{"Volume1", "volume", "direct I/O", {}}, {"node2", "node", "up", {}}, {"g1", "state", "up", {}}});
  CHECK(start.fault_states.at("Volume1") == 0);
  CHECK(start.nodes.count("node2") == 1);
  CHECK(start.nodes.size() == 1);
}
