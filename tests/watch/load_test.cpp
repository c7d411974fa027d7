#include "harness/watch/watch.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace migstorm;
using namespace migstorm::watch;
using namespace std::chrono_literals;

namespace {

// By DetectorKind: heartbeat, uptime and load.
constexpr std::array<bool, kDetectorKinds> kApplicable{true, true, false, false, false, false, false, true};
constexpr char kGuest = 'G'; // GCC 12 sees an overlap in assignments of literals here
constexpr std::uint64_t kBlock = 2ULL << 20;

// One guest on host "h", measured every ten seconds.
struct LoadScene {
  explicit LoadScene(LoadHabit habit)
      : watch(std::vector<WatchedGuest>{{std::string(1, kGuest), "g", kApplicable}}, std::vector<Crash>{},
              habit) {
    look(hyperv::Heartbeat::ok);
  }

  void look(hyperv::Heartbeat heartbeat) {
    hyperv::HostSummary summary;
    summary.asked = summary.answered = now;
    hyperv::GuestSummary& row = summary.guests.emplace_back();
    row.id = std::string(1, kGuest);
    row.state = hyperv::EnabledState::enabled;
    row.heartbeat = heartbeat;
    row.uptime_ms = static_cast<std::uint64_t>((now + 1h) / 1ms);
    watch.on_summary("h", summary, out);
  }
  void measure(std::uint64_t more, hyperv::Heartbeat heartbeat = hyperv::Heartbeat::ok,
               bool hours_open = true) {
    now += 10s;
    grown += more;
    look(heartbeat);
    watch.on_growth(0, grown, Window{now - 1s, now}, hours_open, out);
  }
  void still_for(Span span, hyperv::Heartbeat heartbeat = hyperv::Heartbeat::ok, bool hours_open = true) {
    for (const Instant end = now + span; now < end;) {
      measure(0, heartbeat, hours_open);
    }
  }
  std::vector<Signal> told(SignalKind kind) const {
    std::vector<Signal> found;
    std::copy_if(out.signals.begin(), out.signals.end(), std::back_inserter(found),
                 [kind](const Signal& each) { return each.kind == kind; });
    return found;
  }

  Watch watch;
  Findings out;
  Instant now = 1000s;
  std::uint64_t grown = 0;
};

} // namespace

TEST_CASE(
    "a guest whose disks grow no more although its heart beats has lost its load, and is accused of nothing",
    "[watch][load]") {
  LoadScene scene({false, 2min});
  scene.measure(0);
  scene.measure(kBlock); // at 1020 s
  scene.still_for(110s);
  CHECK(scene.out.signals.empty());
  scene.measure(0);
  const auto stopped = scene.told(SignalKind::load_stopped);
  REQUIRE(stopped.size() == 1);
  CHECK(stopped[0].earliest == 1019s);
  CHECK(stopped[0].latest == 1030s);
  CHECK(stopped[0].noticed == 1140s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
  CHECK(scene.watch.crashes() == 0);
  REQUIRE(scene.out.notes.size() == 1);
  CHECK(scene.out.notes[0].kind == "load-stopped");

  scene.still_for(10min);
  CHECK(scene.told(SignalKind::load_stopped).size() == 1); // told once
  scene.measure(kBlock);
  CHECK(scene.told(SignalKind::load_back).size() == 1);
  scene.still_for(120s);
  CHECK(scene.told(SignalKind::load_stopped).size() == 2);
}

TEST_CASE("a guest that was never seen to write is not missed", "[watch][load]") {
  LoadScene scene({false, 2min});
  scene.still_for(1h);
  CHECK(scene.out.signals.empty());
}

TEST_CASE("a load that rests between moves is missed by the time in moves alone", "[watch][load]") {
  LoadScene scene({true, 2min});
  scene.measure(0);
  scene.measure(kBlock);
  scene.still_for(1h);
  CHECK(scene.out.signals.empty());
  for (int move = 0; move < 7; ++move) {
    CHECK(scene.out.signals.empty());
    scene.watch.move_began(0, scene.now + 1s);
    scene.watch.move_ended(0, scene.now + 19s); // 18 s each
    scene.still_for(60s);
  }
  CHECK(scene.told(SignalKind::load_stopped).size() == 1);
}

TEST_CASE("neither a guest that is not well nor a closed window tells of a load", "[watch][load]") {
  LoadScene scene({false, 2min});
  scene.measure(0);
  scene.measure(kBlock);
  SECTION("its heart is silent: that is told by others, and what follows counts anew") {
    scene.still_for(5min, hyperv::Heartbeat::lost_communication);
    scene.measure(0);
    scene.still_for(100s);
  }
  SECTION("outside the hours the load rests") {
    scene.still_for(1h, hyperv::Heartbeat::ok, false);
    scene.still_for(100s);
  }
  CHECK(scene.told(SignalKind::load_stopped).empty());
  scene.still_for(1min);
  CHECK(scene.told(SignalKind::load_stopped).size() == 1);
}
