// Consoles looked at while a campaign runs.
#include "harness/watch/stop_screen.hpp"
#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

class Album final : public PictureKeeper {
public:
  struct Page {
    std::uint32_t crash = 0;
    std::string guest;
    watch::ScreenGrade grade{};
  };
  Task<Status> keep(Crash crash, hyperv::ConsolePicture picture) override {
    pages.push_back({crash.number, crash.guest_name,
                     watch::recognise_stop_screen(picture.pixels, picture.width, picture.height).grade});
    if (full) {
      co_return Error{Errc::storage, "disk full"};
    }
    co_return Unit{};
  }
  std::vector<Page> pages;
  bool full = false;
};

struct ConsoleRig : Rig {
  ConsoleRig() : Rig(1, 2, 2) {
    scenario.migrate.count = 60;
    scenario.migrate.dwell_min = 20s;
    cluster.move_min = 2s;
    cluster.move_max = 4s;
  }
  Result<RunEnd> go_with_album() {
    CampaignInput what = input();
    what.pictures = &album;
    Campaign campaign(*runtime, cluster, journal, *stop, std::move(what));
    Result<RunEnd> end = run(*runtime, campaign.run());
    progress = campaign.progress();
    return end;
  }
  double alive(const RunEnd& end) const {
    for (const DetectorAlive& one : end.detectors) {
      if (one.kind == DetectorKind::console && one.applicable) {
        return static_cast<double>(one.alive.count()) / static_cast<double>(one.total.count());
      }
    }
    return -1;
  }
  Album album;
};

} // namespace

TEST_CASE("the stop screen of a crash is kept with it", "[campaign][console]") {
  ConsoleRig rig;
  rig.cluster.reports_crashes = GENERATE(true, false);
  rig.cluster.crash("g0", 3h + 70s);
  REQUIRE(rig.go_with_album());
  REQUIRE(rig.journal.durable.crashes.size() == 1);
  const Crash& crash = rig.journal.durable.crashes.front();
  REQUIRE_FALSE(rig.album.pages.empty());
  CHECK(rig.album.pages.back().crash == crash.number);
  CHECK(rig.album.pages.back().guest == "g0");
  CHECK(rig.album.pages.back().grade == watch::ScreenGrade::stop_screen);
  CHECK(std::find(crash.reasons.begin(), crash.reasons.end(), "stop-screen") != crash.reasons.end());
  CHECK(rig.journal.noted("console") == rig.album.pages.size());
}

TEST_CASE("a healthy guest with a blue console is accused of nothing", "[campaign][console]") {
  ConsoleRig rig;
  rig.cluster.guest("g1").blue_from = Instant{};
  const Result<RunEnd> end = rig.go_with_album();
  REQUIRE(end);
  CHECK(end->verdict == "PASSED");
  CHECK(rig.journal.durable.crashes.empty());
  CHECK(rig.album.pages.empty());
  CHECK(rig.progress.completed == 60);
  CHECK(rig.progress.hung == 0);
  CHECK(std::any_of(rig.journal.signals.begin(), rig.journal.signals.end(), [](const Signal& signal) {
    return signal.kind == SignalKind::stop_screen && signal.guest == "GUID-g1";
  }));
}

TEST_CASE("the report says how long consoles could be seen, and nothing hangs on it", "[campaign][console]") {
  ConsoleRig rig;
  SECTION("all the time") {
    const Result<RunEnd> end = rig.go_with_album();
    REQUIRE(end);
    CHECK(rig.alive(*end) == 1.0);
    CHECK(rig.cluster.counts.pictures > 2); // also where nothing happened
  }
  SECTION("not at all: the hosts give none") {
    rig.cluster.consoles = false;
    const Result<RunEnd> end = rig.go_with_album();
    REQUIRE(end);
    CHECK(rig.alive(*end) == -1);
    CHECK(end->verdict == "PASSED");
    CHECK(rig.journal.noted("no-console") == 2);
    CHECK(rig.cluster.counts.pictures == 2); // one of each host
  }
  SECTION("until the first of them stopped giving any") {
    Scope scope(*rig.runtime);
    rig.scenario.migrate.count = 400;
    scope.spawn(at(*rig.runtime, 3h + 5min, [&] { rig.cluster.consoles = false; }));
    const Result<RunEnd> end = rig.go_with_album();
    REQUIRE(end);
    CHECK(rig.alive(*end) < 0.9);
    CHECK(end->verdict == "PASSED");
    run(*rig.runtime, scope.join());
  }
}

TEST_CASE("a picture that cannot be kept is told, and the run goes on", "[campaign][console]") {
  ConsoleRig rig;
  rig.album.full = true;
  rig.cluster.crash("g0", 3h + 70s);
  REQUIRE(rig.go_with_album());
  CHECK(rig.journal.noted("console-unkept") == rig.album.pages.size());
  CHECK(rig.journal.noted("console-unkept") > 0);
}
