#include "harness/watch/watch.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::watch;
using namespace std::chrono_literals;

namespace {

// One guest on host "h", watched every five seconds.
struct Scene {
  explicit Scene(bool log = true) : Scene(std::array{true, true, true, log, false, false, log, false}) {}
  // By DetectorKind: which of them watch.
  explicit Scene(std::array<bool, kDetectorKinds> on) : watch({{"G", "g", on}}, {}) {}

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
  std::vector<hyperv::GuestEvent> record(Instant when, std::uint64_t number) {
    hyperv::GuestEvent bugcheck;
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
  CHECK(scene.newest().earliest == 85s); // some beats before the heart stopped, not when the machine reset
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
  scene.watch.move_began(0, 100s);
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
  scene.watch.move_began(0, 100s);
  for (Span at = 105s; at < 130s; at += 5s) {
    scene.look(at, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
  }
  scene.well(150s, 10s);
  scene.watch.move_ended(0, 160s);
  scene.well(170s, 30s);
  CHECK(scene.watch.crashes() == 0);
}

TEST_CASE("what is told after a resume of a crash from before it is not news", "[watch][fusion]") {
  Scene scene;
  Crash old;
  old.number = 4;
  old.guest = "G";
  old.earliest = old.latest = 50s;
  old.noticed = 60s;
  old.bugcheck = 0xd1;
  Watch resumed({{"G", "g", {true, true, true, true, false, true, true}}}, {old});
  resumed.on_guest_log(0, scene.record(90s, 8), 300s, CivilTime{}, scene.out);
  CHECK(resumed.crashes() == 4);
}

namespace {

hyperv::GuestEvent told(hyperv::GuestEventKind kind, Instant when, std::uint32_t code = 0) {
  hyperv::GuestEvent event;
  event.kind = kind;
  event.time = CivilTime{} + when;
  event.record = 1;
  event.code = code;
  event.parameters = code != 0 ? std::array<std::uint64_t, 4>{0x10, 2, 0, 1} : event.parameters;
  return event;
}

using Kind = hyperv::GuestEventKind;

} // namespace

TEST_CASE("event 41 alone names a crash, and 1001 of the same start adds its dump", "[watch][fusion]") {
  Scene scene(std::array{false, false, false, true, false, false, true, false});
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 200s, 0xd1), told(Kind::unclean_shutdown, 200s)},
                           230s, CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  CHECK(scene.newest().bugcheck == 0xd1);
  scene.watch.on_guest_log(0, scene.record(260s, 2), 300s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.newest().dump_path == "C:\\Windows\\MEMORY.DMP");
  CHECK(scene.newest().reasons ==
        std::vector<std::string>{"unclean-start", "unclean-shutdown", "bugcheck-event"});
}

TEST_CASE("a start that was not clean and names no code is a reboot, not a crash", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.well(140s, 20s);
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 121s), told(Kind::unclean_shutdown, 121s)}, 150s,
                           CivilTime{}, scene.out);
  Instant now = 150s;
  for (int i = 0; i < 10; ++i, now += 20s) {
    scene.well(now, now - 120s);
    if (scene.watch.next_question(now)) {
      scene.watch.on_guest_log(0, {}, now, CivilTime{}, scene.out);
    }
  }
  CHECK(scene.watch.crashes() == 0);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("a dump that failed tells of a crash although nothing names its code", "[watch][fusion]") {
  Scene scene;
  scene.watch.on_guest_log(0, {told(Kind::dump_failed, 200s)}, 230s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.newest().bugcheck == 0);
  scene.watch.on_guest_log(0, {told(Kind::dump_not_prepared, 900s)}, 930s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 1);
  REQUIRE(scene.out.notes.size() == 1);
  CHECK(scene.out.notes[0].kind == "no-dump-possible");
}

TEST_CASE("a guest's own boot time tells of a reset once a host shows the guest", "[watch][fusion]") {
  Scene scene(std::array{true, false, false, false, false, true, false, false});
  scene.well(100s, 1h);
  scene.watch.on_guest_uptime(0, 1h, 100s, 100s);
  scene.watch.on_guest_uptime(0, 1h + 60s, 160s, 160s);
  scene.watch.on_guest_uptime(0, 30min, 220s, 220s); // its clock was set back
  scene.well(225s, 1h);
  CHECK(scene.watch.crashes() == 0);
  scene.watch.on_guest_uptime(0, 20s, 280s, 280s);
  CHECK(scene.watch.crashes() == 0);
  scene.well(285s, 25s);
  CHECK(scene.watch.crashes() == 1);
}

TEST_CASE("a restart of its own is told from the power cut that follows it", "[watch][fusion]") {
  Scene scene(false);
  scene.well(100s, 1h);
  scene.silent(105s, 1h + 5s);
  scene.watch.on_host_away("h", 150s, 170s, scene.out);
  scene.watch.on_host_back("h", 400s);
  scene.well(410s, 100s);
  CHECK(scene.watch.crashes() == 0);
  scene.event(18514, 140s, 420s); // in the log of the host that died
  CHECK(scene.watch.crashes() == 1);
}

TEST_CASE("two crashes of one guest are two, although the first is not settled yet", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.event(18590, 103s, 110s);
  scene.event(18590, 400s, 410s);
  CHECK(scene.watch.crashes() == 2);
  scene.event(18590, 103s, 420s);
  scene.event(18590, 400s, 420s);
  CHECK(scene.watch.crashes() == 2);
}

TEST_CASE("a volume that was paused stands beside the crash that it could explain", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  hyperv::HostEvent paused;
  paused.log = hyperv::EventLog::system;
  paused.id = 5120;
  paused.time = CivilTime{} + 101s;
  paused.strings = {"Volume1"};
  scene.watch.on_host_event("h", paused, 102s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 0);
  scene.event(18590, 110s, 115s);
  CHECK(scene.newest().reasons == std::vector<std::string>{"guest-crash-event", "volume-paused"});
}

TEST_CASE("a heart that a move made flap does not date the crash that follows", "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.watch.move_began(0, 100s);
  scene.well(102s, 1h + 2s);
  scene.watch.move_ended(0, 104s);
  scene.silent(106s, 1h + 6s); // the flap; it crashes at 120 s
  scene.silent(116s, 1h + 16s);
  scene.silent(126s, 1h + 26s);
  scene.silent(170s, 5s);
  REQUIRE(scene.out.signals.size() >= 1);
  const Signal& reset = scene.out.signals.back();
  CHECK(reset.earliest <= 120s);
  CHECK(reset.latest >= 120s);
}

TEST_CASE("a guest that answered for its log and then fell silent accuses itself of nothing",
          "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.well(140s, 20s);
  Instant now = 150s;
  for (int i = 0; i < 20; ++i, now += 20s) {
    scene.well(now, now - 120s);
    if (scene.watch.next_question(now)) {
      if (i < 3) {
        scene.watch.on_guest_log(0, {}, now, CivilTime{}, scene.out);
      } else {
        scene.watch.on_guest_log_failed(0, scene.out);
      }
    }
  }
  CHECK(scene.watch.crashes() == 0);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("without a heartbeat a second reset is a second crash, and dates from the life before it",
          "[watch][fusion]") {
  Scene scene(std::array{false, true, true, false, false, false, false, false});
  scene.well(100s, 1h);
  scene.well(110s, 5s);
  scene.well(120s, 15s);
  REQUIRE(scene.watch.crashes() == 1);
  scene.well(400s, 295s);
  scene.well(410s, 5s);
  REQUIRE(scene.watch.crashes() == 2);
  CHECK(scene.newest().earliest == 105s);
  CHECK(scene.newest().latest == 405s);
}

TEST_CASE("of two lives within two minutes each ends in its own crash, whose window covers the whole life",
          "[watch][fusion]") {
  Scene scene(std::array{false, true, true, true, false, true, true, false});
  scene.well(100s, 1h);
  scene.well(135s, 2s);
  scene.event(18514, 133s, 136s);
  scene.watch.on_guest_log(0, scene.record(200s, 1), 201s, CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  scene.well(205s, 72s);
  scene.well(246s, 2s); // it crashed at 207 s
  scene.event(18514, 244s, 247s);
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 246s), told(Kind::dump_failed, 340s)}, 370s,
                           CivilTime{}, scene.out);
  scene.watch.on_guest_uptime(0, 5min, 360s, 360s);
  scene.watch.on_guest_uptime(0, 122s, 370s, 370s);
  scene.well(372s, 128s);
  CHECK(scene.watch.crashes() == 2);
  CHECK(scene.newest().number == 2);
  CHECK(scene.newest().earliest <= 207s);
  CHECK(scene.newest().latest >= 207s);
  CHECK(scene.newest().earliest >= 133s);
}

TEST_CASE("a guest that is reset again while it boots after its crash has crashed once, before both",
          "[watch][fusion]") {
  Scene scene;
  scene.well(147s, 1h);
  scene.silent(214s, 6s); // it crashed at 162 s, in the middle of a move
  scene.event(18514, 208s, 218s);
  scene.silent(238s, 30s);
  scene.silent(304s, 2s);
  scene.event(18514, 302s, 305s);
  scene.well(400s, 98s);
  REQUIRE(scene.watch.next_question(410s) == 0U);
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 302s, 0xd1), scene.record(407s, 1).front()}, 410s,
                           CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  CHECK(scene.newest().earliest <= 162s);
  CHECK(scene.newest().latest >= 162s);
}

TEST_CASE("a host that went away minutes before a guest was reset does not explain it", "[watch][fusion]") {
  Scene scene(std::array{false, true, true, false, false, false, false, false});
  scene.well(100s, 1h);
  scene.watch.on_host_away("h", 110s, 130s, scene.out);
  scene.watch.on_host_back("h", 150s);
  SECTION("it ran on, and was seen") {
    scene.well(160s, 1h + 60s);
    scene.well(400s, 7s);
    CHECK(scene.watch.crashes() == 1);
  }
  SECTION("nobody had seen it since") {
    scene.well(400s, 7s);
    CHECK(scene.watch.crashes() == 0);
  }
}

TEST_CASE("the log of an earlier start that is read late does not take the place of the crash after it",
          "[watch][fusion]") {
  Scene scene;
  scene.well(50s, 1h);
  scene.look(70s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled); // somebody switches it off
  scene.well(170s, 6s);
  scene.well(280s, 116s);
  scene.silent(290s, 126s);
  scene.silent(354s, 8s); // it crashed at 288 s
  scene.well(450s, 104s);
  REQUIRE(scene.watch.next_question(460s) == 0U);
  scene.watch.on_guest_log(0,
                           {told(Kind::unclean_start, 166s), told(Kind::unclean_shutdown, 166s),
                            told(Kind::unclean_start, 348s, 0xd1), told(Kind::unclean_shutdown, 348s),
                            scene.record(448s, 9).front()},
                           460s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.newest().latest >= 288s);
  CHECK(scene.newest().bugcheck == 0xd1);
  scene.well(470s, 124s);
  CHECK(scene.watch.verdict(0) == GuestVerdict::healthy);
}

TEST_CASE("a guest that was switched off before its log told of the crash has crashed once",
          "[watch][fusion]") {
  Scene scene;
  scene.well(780s, 1h);
  scene.event(18590, 790s, 800s);
  scene.silent(800s, 1h);
  scene.silent(880s, 3s);
  scene.event(18514, 877s, 890s);
  scene.silent(950s, 73s);
  scene.look(962s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
  scene.silent(1180s, 7s);
  scene.well(1240s, 67s);
  scene.watch.on_guest_log(0,
                           {told(Kind::unclean_start, 879s, 0xd1), told(Kind::unclean_shutdown, 879s),
                            scene.record(954s, 9).front(), told(Kind::unclean_start, 1175s)},
                           1247s, CivilTime{}, scene.out);
  CHECK(scene.watch.crashes() == 1);
}

TEST_CASE("a crash of which the guest tells after it was switched off and on again is counted once",
          "[watch][fusion]") {
  Scene scene;
  scene.well(100s, 1h);
  scene.silent(105s, 1h + 5s);
  scene.event(18590, 103s, 110s);
  scene.look(120s, hyperv::Heartbeat::unknown, 0s,
             hyperv::EnabledState::disabled); // in the middle of its dump
  scene.well(300s, 20s);
  for (Instant now = 310s; now < 1300s; now += 10s) {
    scene.well(now, now - 280s);
    if (scene.watch.next_question(now)) {
      scene.watch.on_guest_log(0, {}, now, CivilTime{}, scene.out);
    }
  }
  REQUIRE(scene.watch.crashes() == 1);

  auto told = scene.record(1305s, 5); // a quarter of an hour after all that is known
  SECTION("the same crash by its code and parameters") {
    scene.watch.on_guest_log(0, told, 1310s, CivilTime{}, scene.out);
    CHECK(scene.watch.crashes() == 1);
    CHECK(scene.newest().dump_path == "C:\\Windows\\MEMORY.DMP");
  }
  SECTION("another one") {
    told.front().parameters[3] = 2;
    scene.watch.on_guest_log(0, told, 1310s, CivilTime{}, scene.out);
    CHECK(scene.watch.crashes() == 2);
  }
}

TEST_CASE("a guest that dies with the host that it has just arrived at has not crashed", "[watch][fusion]") {
  Scene scene(false);
  scene.well(584s, 1h);
  scene.watch.move_began(0, 590s, "other");
  SECTION("the move's end is known") { scene.watch.move_ended(0, 601s); }
  SECTION("it is not") {}
  scene.watch.on_host_away("other", 600s, 612s, scene.out);
  scene.silent(623s, 2s); // on the host that it came from, where its cluster started it
  scene.watch.move_ended(0, 640s);
  scene.well(700s, 79s);
  CHECK(scene.watch.crashes() == 0);
}

TEST_CASE("a log that a guest gives after a power cut tells of the crash before it", "[watch][fusion]") {
  Scene scene;
  scene.well(465s, 1h);
  scene.silent(475s, 1h);
  scene.silent(532s, 2s); // it reset
  scene.silent(590s, 60s);
  scene.look(600s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
  scene.silent(676s, 3s);
  scene.well(733s, 60s);
  Instant read = 736s;
  SECTION("at once") {}
  SECTION("after somebody has restarted it") {
    scene.silent(745s, 3s);
    scene.well(790s, 48s);
    read = 795s;
    SECTION("and switched it off again") {
      scene.look(800s, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
      scene.well(960s, 30s);
      read = 965s;
    }
  }
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 675s, 0xd1), scene.record(730s, 9).front()}, read,
                           CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  CHECK(scene.newest().earliest == 450s);
  CHECK(scene.newest().latest == 475s);
}

TEST_CASE("a dump that failed, of which a guest tells late, belongs to the crash before it was switched off",
          "[watch][fusion]") {
  Scene scene;
  scene.well(400s, 1h);
  scene.event(18590, 414s, 416s);
  scene.silent(420s, 1h + 20s);
  scene.event(18604, 457s, 460s);
  scene.event(18514, 458s, 460s);
  scene.silent(466s, 8s);
  const auto switched_off_and_on = [&](Instant off) {
    scene.look(off, hyperv::Heartbeat::unknown, 0s, hyperv::EnabledState::disabled);
    scene.silent(664s, 7s);
    scene.well(740s, 83s);
  };
  SECTION("its next life had written it down") {
    scene.well(534s, 76s);
    switched_off_and_on(544s);
    scene.watch.on_guest_log(0,
                             {told(Kind::unclean_start, 460s), told(Kind::unclean_shutdown, 460s),
                              told(Kind::dump_failed, 533s), told(Kind::unclean_start, 659s),
                              told(Kind::unclean_shutdown, 659s)},
                             751s, CivilTime{}, scene.out);
  }
  SECTION("it was switched off before it could") {
    switched_off_and_on(500s);
    scene.watch.on_guest_log(
        0,
        {told(Kind::unclean_start, 659s), told(Kind::unclean_shutdown, 659s), told(Kind::dump_failed, 735s)},
        751s, CivilTime{}, scene.out);
  }
  CHECK(scene.watch.crashes() == 1);
  CHECK(scene.newest().earliest == 414s);
  CHECK(scene.newest().reasons.back() == "dump-failed-event");
}

TEST_CASE("a reset that the first reading after a resume tells of dates no crash", "[watch][fusion]") {
  Scene scene;
  scene.event(18514, 94s, 100s); // read from the log, before any summary
  scene.well(100s, 6s);
  scene.watch.on_guest_log(0, {told(Kind::unclean_start, 95s, 0xd1)}, 110s, CivilTime{}, scene.out);
  REQUIRE(scene.watch.crashes() == 1);
  CHECK(scene.newest().earliest == 0s);
  CHECK(scene.newest().latest >= 94s);
}
