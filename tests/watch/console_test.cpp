// What a picture of a console adds to the fusion: a reason, never the only one.
#include "harness/watch/watch.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace migstorm;
using namespace migstorm::watch;
using namespace std::chrono_literals;

namespace {

struct Scene {
  void look(Instant at, hyperv::Heartbeat heartbeat, Span uptime) {
    hyperv::HostSummary summary;
    summary.asked = summary.answered = at;
    hyperv::GuestSummary& row = summary.guests.emplace_back();
    row.id = "G";
    row.state = hyperv::EnabledState::enabled;
    row.heartbeat = heartbeat;
    row.uptime_ms = static_cast<std::uint64_t>(uptime / 1ms);
    watch.on_summary("h", summary, out);
  }
  void well(Instant at) { look(at, hyperv::Heartbeat::ok, 1h + at); }
  void silent(Instant at) { look(at, hyperv::Heartbeat::lost_communication, 1h + at); }
  void blue(Instant at) {
    watch.on_console(0, {ScreenGrade::stop_screen, ScreenStyle::classic, "white on navy"}, {at, at}, out);
  }
  std::size_t shown() const {
    return static_cast<std::size_t>(
        std::count_if(out.signals.begin(), out.signals.end(),
                      [](const Signal& signal) { return signal.kind == SignalKind::stop_screen; }));
  }

  Watch watch{{{"G", "g", {true, true, true, true, true}}}, {}};
  Findings out;
};

} // namespace

TEST_CASE("a stop screen alone accuses nobody, however often it is seen", "[watch][console]") {
  Scene scene;
  for (Instant at = 100s; at < 2h; at += 10s) {
    scene.well(at);
    scene.blue(at + 1s);
  }
  CHECK(scene.watch.crashes() == 0);
  CHECK(scene.watch.hung() == 0);
  CHECK(scene.out.crashes.empty());
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
  CHECK(scene.watch.settled(0));
  CHECK(scene.shown() > 0); // what was seen is told all the same
}

TEST_CASE("a stop screen is one more reason of a crash that others tell of", "[watch][console]") {
  Scene scene;
  scene.well(100s);
  hyperv::HostEvent event;
  event.id = 18590;
  event.guest = "G";
  event.time = CivilTime{} + 103s;
  event.strings = {"g", "G", "0xd1", "0x10", "0x2", "0x0", "0x1"};
  scene.watch.on_host_event("h", event, 104s, CivilTime{}, scene.out);
  scene.blue(106s);
  CHECK(scene.watch.crashes() == 1);
  const Crash& crash = scene.out.crashes.back();
  CHECK(crash.number == 1);
  CHECK(crash.reasons == std::vector<std::string>{"guest-crash-event", "stop-screen"});
  CHECK(crash.earliest == 103s); // its time is the event's, not the picture's
}

TEST_CASE("a stop screen that was seen before anybody told of the crash is a reason of it all the same",
          "[watch][console]") {
  Scene scene;
  scene.well(100s);
  scene.silent(105s);
  const Instant seen = GENERATE(95s - 10s, 120s);
  scene.blue(seen);
  CHECK(scene.out.crashes.empty());
  hyperv::HostEvent event;
  event.id = 18590;
  event.guest = "G";
  event.time = CivilTime{} + 103s;
  scene.watch.on_host_event("h", event, 130s, CivilTime{}, scene.out);
  const auto& reasons = scene.out.crashes.back().reasons;
  CHECK((std::find(reasons.begin(), reasons.end(), "stop-screen") != reasons.end()) == (seen == 120s));
}

TEST_CASE("a guest that stays silent is hung, and crashed where its console shows a stop screen",
          "[watch][console]") {
  Scene scene;
  const bool blue = GENERATE(false, true);
  scene.well(100s);
  for (Instant at = 105s; at < 20min; at += 5s) {
    scene.silent(at);
    if (blue && at == 200s) {
      scene.blue(at);
      CHECK(scene.watch.crashes() == 0);
    }
  }
  CHECK(scene.watch.crashes() == (blue ? 1 : 0));
  CHECK(scene.watch.hung() == (blue ? 0 : 1));
  CHECK(scene.watch.verdict(0) == (blue ? GuestVerdict::crashed : GuestVerdict::hung));
}

TEST_CASE("a picture without a stop screen says nothing", "[watch][console]") {
  Scene scene;
  scene.watch.on_console(0, {ScreenGrade::possible, ScreenStyle::classic, "a line at the edge"}, {1s, 1s},
                         scene.out);
  CHECK(scene.out.empty());
}
