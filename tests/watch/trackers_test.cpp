#include "harness/watch/event_signals.hpp"
#include "harness/watch/heartbeat.hpp"
#include "harness/watch/liveness.hpp"
#include "harness/watch/uptime.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::watch;
using namespace std::chrono_literals;
using hyperv::EnabledState;
using hyperv::Heartbeat;

namespace {

using Change = HeartbeatTracker::Change;

Change beat(HeartbeatTracker& tracker, Heartbeat heartbeat, Instant at) {
  return tracker.observe(EnabledState::enabled, heartbeat, at, at);
}

} // namespace

TEST_CASE("a heartbeat is lost after the debounce, once", "[watch]") {
  HeartbeatTracker tracker;
  CHECK(beat(tracker, Heartbeat::ok, 10s) == Change::none);
  CHECK(beat(tracker, Heartbeat::lost_communication, 15s) == Change::none);
  CHECK(beat(tracker, Heartbeat::no_contact, 60s) == Change::none);
  CHECK(beat(tracker, Heartbeat::lost_communication, 61s) == Change::lost);
  CHECK(beat(tracker, Heartbeat::lost_communication, 200s) == Change::none);
  REQUIRE(tracker.silence());
  CHECK(tracker.silence()->earliest == 10s);
  CHECK(tracker.silence()->latest == 15s);
  CHECK(beat(tracker, Heartbeat::ok, 205s) == Change::back);
  CHECK_FALSE(tracker.silence());
}

TEST_CASE("a move starts the debounce anew", "[watch]") {
  HeartbeatTracker tracker;
  beat(tracker, Heartbeat::ok, 10s);
  beat(tracker, Heartbeat::lost_communication, 15s);
  tracker.moved(50s);
  CHECK(beat(tracker, Heartbeat::lost_communication, 90s) == Change::none);
  CHECK(beat(tracker, Heartbeat::lost_communication, 96s) == Change::lost);
}

TEST_CASE("a guest that never had a heartbeat cannot lose it", "[watch]") {
  HeartbeatTracker tracker;
  CHECK(beat(tracker, Heartbeat::no_contact, 10s) == Change::none);
  CHECK(beat(tracker, Heartbeat::no_contact, 500s) == Change::none);
  CHECK(tracker.observe(EnabledState::quiesce, Heartbeat::lost_communication, 600s, 600s) == Change::none);
}

TEST_CASE("an uptime that goes backwards bounds the reset", "[watch]") {
  UptimeTracker tracker;
  CHECK_FALSE(tracker.observe(3'600'000, 100s, 100s));
  CHECK_FALSE(tracker.observe(3'605'000, 105s, 105s));
  CHECK_FALSE(tracker.observe(0, 110s, 110s)); // off
  const auto reset = tracker.observe(2'000, 120s, 121s);
  REQUIRE(reset);
  CHECK(reset->earliest == 105s);
  CHECK(reset->latest == 119s);
}

TEST_CASE("two hosts that tell of one guest a little apart are no reset", "[watch]") {
  UptimeTracker tracker;
  tracker.observe(3'600'000, 100s, 101s);
  CHECK_FALSE(tracker.observe(3'599'500, 100s, 100s));
}

TEST_CASE("an absurd uptime is held to the two readings", "[watch][hostile]") {
  UptimeTracker tracker;
  tracker.observe(UINT64_MAX, 100s, 100s);
  const auto reset = tracker.observe(UINT64_MAX / 2, 105s, 105s);
  REQUIRE(reset);
  CHECK(reset->earliest == 100s);
  CHECK(reset->latest == 100s);
}

TEST_CASE("host events are read as signals", "[watch]") {
  const CivilTime epoch{};
  hyperv::HostEvent event;
  event.id = 18590;
  event.guest = "G";
  event.time = epoch + 50s;
  event.strings = {"0x-name", "G", "0xD1", "0x10", "0x2", "0x0", "0xFFFFF80000001000", "0x99"};
  const auto signal = signal_of(event, "h", 60s, epoch);
  REQUIRE(signal);
  CHECK(signal->kind == SignalKind::guest_crash_event);
  CHECK(signal->bugcheck == 0xd1);
  CHECK(signal->parameters == std::array<std::uint64_t, 4>{0x10, 2, 0, 0xfffff80000001000});
  CHECK(signal->earliest == 50s);

  event.id = 18560;
  CHECK(signal_of(event, "h", 60s, epoch)->kind == SignalKind::triple_fault);
  event.id = 18609; // information, never a crash
  CHECK_FALSE(signal_of(event, "h", 60s, epoch));
}

TEST_CASE("events with mad times and strings are survived", "[watch][hostile]") {
  const CivilTime epoch = CivilTime{} + 1000h;
  hyperv::HostEvent event;
  event.id = 18590;
  event.guest = "G";
  event.strings = {"", "0x", "0xzz", "0x112233445566778899", "\x01\x02"};
  event.time = epoch - 10h;
  CHECK(signal_of(event, "h", 60s, epoch)->latest == 0s);
  event.time = epoch + 10h;
  const auto future = signal_of(event, "h", 60s, epoch);
  CHECK(future->latest == 60s);
  CHECK(future->bugcheck == 0);
  event.guest.clear();
  CHECK_FALSE(signal_of(event, "h", 60s, epoch));
}

TEST_CASE("a source is dead after three silent periods", "[watch]") {
  Liveness liveness(2, 5s, 100s);
  liveness.answered(0, 105s);
  liveness.answered(0, 110s);
  CHECK(liveness.alive_since(0, 100s, 112s));
  CHECK(liveness.alive_since(1, 100s, 115s));
  CHECK_FALSE(liveness.alive_since(1, 100s, 116s));
  liveness.answered(0, 140s);
  CHECK_FALSE(liveness.alive_since(0, 120s, 141s)); // there was a gap
  CHECK(liveness.alive_since(0, 140s, 141s));
  CHECK(liveness.alive(0, 140s) == 25s);
  CHECK(liveness.alive(1, 140s) == 15s);
  CHECK(liveness.total(140s) == 40s);
}
