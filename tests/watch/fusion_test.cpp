#include "harness/watch/watch.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::watch;
using namespace std::chrono_literals;

namespace {

// One guest on host "h", watched every five seconds.
struct Scene {
  explicit Scene(bool log = true) : watch({{"G", "g", {true, true, true, log}}}, {}) {}

  void look(Instant at, hyperv::Heartbeat heartbeat, Span uptime,
            hyperv::EnabledState state = hyperv::EnabledState::enabled) {
    hyperv::HostSummary summary;
    summary.asked = summary.answered = at;
    hyperv::GuestSummary& row = summary.guests.emplace_back();
    row.id = "G";
    row.state = state;
    row.heartbeat = heartbeat;
    row.uptime_ms = static_cast<std::uint64_t>(uptime / 1ms);
    watch.on_summary("h", summary, out);
  }
  void well(Instant at, Span uptime) { look(at, hyperv::Heartbeat::ok, uptime); }
  void silent(Instant at, Span uptime) { look(at, hyperv::Heartbeat::lost_communication, uptime); }
  void event(std::uint32_t id, Instant when, Instant noticed) {
    hyperv::HostEvent event;
    event.id = id;
    event.guest = "G";
    event.time = CivilTime{} + when;
    event.strings = {"g", "G", "0xd1", "0x10", "0x2", "0x0", "0x1"};
    watch.on_host_event("h", event, noticed, CivilTime{}, out);
  }
  std::vector<hyperv::Bugcheck> record(Instant when, std::uint64_t number) {
    hyperv::Bugcheck bugcheck;
    bugcheck.time = CivilTime{} + when;
    bugcheck.record = number;
    bugcheck.code = 0xd1;
    bugcheck.parameters = {0x10, 2, 0, 1};
    bugcheck.dump_path = "C:\\Windows\\MEMORY.DMP";
    return {bugcheck};
  }
  const Crash& newest() const { return out.crashes.back(); }

  Watch watch;
  Findings out;
};

} // namespace

TEST_CASE("one crash is counted once, however many signals tell of it", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.silent(105s, 1h + 5s);
  scene.event(18590, 103s, 110s);
  REQUIRE(scene.out.crashes.size() == 1);
  CHECK(scene.newest().signature == "0xd1|read");
  CHECK(scene.newest().earliest == 103s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::crashed);

  scene.silent(140s, 3s);
  scene.event(18514, 137s, 141s);
  scene.well(170s, 33s);
  REQUIRE(scene.watch.next_question(180s) == 0U);
  scene.watch.on_guest_log(0, scene.record(172s, 5), 180s, CivilTime{}, scene.out);
  scene.well(185s, 48s);

  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.newest().number == 1);
  CHECK(scene.newest().dump_path == "C:\\Windows\\MEMORY.DMP");
  CHECK(scene.newest().earliest == 103s);
  CHECK(scene.newest().reasons.size() == 4);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);

  scene.event(18590, 103s, 200s); // told again, late
  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("a guest that does not report is found by heartbeat, uptime and its own log", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.silent(105s, 1h + 5s);
  scene.silent(130s, 1h + 30s); // it writes its dump
  scene.silent(140s, 3s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::rebooted);
  CHECK(scene.watch.crashes() == 0);
  scene.well(160s, 23s);
  CHECK_FALSE(scene.watch.next_question(161s));
  REQUIRE(scene.watch.next_question(165s) == 0U);
  scene.watch.on_guest_log(0, scene.record(162s, 1), 166s, CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  CHECK(scene.newest().bugcheck == 0xd1);
  CHECK(scene.newest().earliest == 100s); // when the heart stopped, not when the machine reset
  CHECK(scene.newest().latest == 105s);
}

TEST_CASE("an ordinary reboot is no crash where the guest's log can tell", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.well(105s, 2s);
  Instant now = 110s;
  for (int i = 0; i < 10; ++i, now += 20s) {
    scene.well(now, now - 103s);
    if (scene.watch.next_question(now)) {
      scene.watch.on_guest_log(0, {}, now, CivilTime{}, scene.out);
    }
  }
  CHECK(scene.watch.crashes() == 0);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
  REQUIRE(scene.out.notes.size() == 1);
  CHECK(scene.out.notes[0].kind == "rebooted");
}

TEST_CASE("a reset that nobody can explain counts, unless the host or the operator explains it",
          "[watch][fusion]") {
  Scene scene(false);
  scene.well(100s, 1h);
  SECTION("nobody") {
    scene.well(110s, 2s);
    CHECK(scene.watch.crashes() == 1);
    CHECK(scene.newest().signature.empty());
  }
  SECTION("its host went away") {
    scene.watch.on_host_away("h", 102s, 112s, scene.out);
    scene.watch.on_host_back("h", 200s);
    scene.well(205s, 20s);
    CHECK(scene.watch.crashes() == 0);
  }
  SECTION("it was switched off") {
    scene.look(105s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
    scene.well(140s, 20s);
    CHECK(scene.watch.crashes() == 0);
  }
  scene.well(400s, 200s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("a guest without heartbeat and reset is suspect, then hung", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.silent(105s, 1h + 5s);
  scene.silent(155s, 1h + 55s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::suspect);
  scene.silent(800s, 2h);
  CHECK(scene.watch.verdict(0) == GuestVerdict::hung);
  CHECK(scene.watch.hung() == 1);
  CHECK(scene.watch.crashes() == 0);
  scene.well(900s, 2h + 100s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("flapping during a move is no suspicion, and passing states are none", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.watch.move_began(0);
  scene.silent(105s, 1h + 5s);
  scene.look(150s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
  scene.silent(160s, 1h + 60s);
  scene.watch.move_ended(0, 165s);
  scene.silent(200s, 1h + 100s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
  CHECK(scene.out.empty());
}

TEST_CASE("a guest that is switched off while a move of it is believed under way has not crashed",
          "[watch][fusion]") {
  Scene scene(false);
  scene.well(100s, 1h);
  scene.watch.move_began(0);
  for (Span at = 105s; at < 130s; at += 5s) {
    scene.look(at, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
  }
  scene.well(150s, 10s);
  scene.watch.move_ended(0, 160s);
  scene.well(170s, 30s);
  CHECK(scene.watch.crashes() == 0);
}

TEST_CASE("records older than the run and crashes from before a resume are not news", "[watch][fusion]") {
  Scene scene;
  scene.watch.log_baseline(0, scene.record(1s, 7));
  scene.watch.on_guest_log(0, scene.record(1s, 7), 300s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 0);

  Crash old;
  old.number = 4;
  old.guest = "G";
  old.earliest = old.latest = 50s;
  old.noticed = 60s;
  old.bugcheck = 0xd1;
  Watch resumed({{"G", "g", {true, true, true, true}}}, {old});
  resumed.on_guest_log(0, scene.record(90s, 8), 300s, CivilTime{}, scene.out);
  CHECK(resumed.crashes() == 4);
}
