#include "tests/scenario/problems.hpp"
#include "tests/support/catch.hpp"

namespace migstorm {
namespace {

using Strings = std::vector<std::string>;

// A scenario in flow style with more keys.
Strings with(const std::string& keys) {
  return scenario_problems("{name: a, migrate: {count: 1}, " + keys + "}");
}

bool told(const Strings& problems, const std::string& words) {
  for (const std::string& problem : problems) {
    UNSCOPED_INFO(problem);
  }
  return problems.size() == 1 && problems.front().find(words) != std::string::npos;
}

const std::string kDisk = "disks: [{size: 1GiB}], ";

TEST_CASE("a guest has no room for more disks than its controllers", "[scenario]") {
  CHECK(told(with("disks: [{bus: ide, size: 1GiB, count: 2}, {bus: ide, size: 1GiB, count: 2}]"),
             "4 disks on IDE"));
  CHECK(told(with("disks: [{size: 1GiB, count: 256}, {size: 1GiB}]"), "257 disks on SCSI"));
  CHECK(with("disks: [{bus: ide, size: 1GiB, count: 3}, {size: 1GiB, count: 256}]").empty());
}

TEST_CASE("a load needs disks, and what depends on a load needs one", "[scenario]") {
  CHECK(told(with("load: {}"), "there are no disks to write to"));
  CHECK(told(with("qualify: {load_alive: true}"), "load_alive: there is no load"));
  CHECK(told(with("qualify: {disk_growth_min: 1MiB}"), "disk_growth_min: there is no load"));
  CHECK(with(kDisk + "load: {}, qualify: {disk_growth_min: 1MiB}").empty());
}

TEST_CASE("growth is not asked of disks that never grow", "[scenario]") {
  CHECK(told(with("disks: [{size: 1GiB, type: fixed}], load: {}, qualify: {disk_growth_min: 1MiB}"),
             "no migration would count"));
  CHECK(with("disks: [{size: 1GiB, type: fixed}, {size: 1GiB}], load: {}, qualify: {disk_growth_min: 1MiB}")
            .empty());
}

TEST_CASE("a block fits the disk", "[scenario]") {
  CHECK(
      told(with("disks: [{size: 16MiB}], load: {block: 32MiB}"), "32MiB is more than a disk of 16MiB holds"));
  CHECK(told(with(kDisk + "load: {block: 1000B}"), "are not whole sectors"));
  CHECK(told(with(kDisk + "load: {rate: 0B/s}"), "out of range"));
  CHECK(told(with(kDisk + "load: {recycle_at: 99%}"), "out of range"));
}

TEST_CASE("verify says what it compares with, once", "[scenario]") {
  CHECK(told(with("campaign: verify"), "needs to know what to compare with"));
  CHECK(told(with("campaign: verify, verify: {}"), "needs baseline: RUN or rate: 1/1500"));
  CHECK(told(with("campaign: verify, verify: {baseline: r1, rate: 1%}"), "has both"));
  CHECK(told(with("verify: {rate: 1%}"), "belongs to campaign: verify, and this is campaign: soak"));
  CHECK(told(with("stop: {verdict: decided}"), "belongs to campaign: verify"));
  CHECK(with("campaign: verify, verify: {baseline: r1}, stop: {verdict: decided}").empty());
}

TEST_CASE("per_host never exceeds total", "[scenario]") {
  CHECK(told(scenario_problems("{name: a, migrate: {count: 1, concurrency: {per_host: 4, total: 2}}}"),
             "per_host 4 can never be reached, total is 2"));
}

TEST_CASE("a window has two times and a zone", "[scenario]") {
  const auto text =
      GENERATE("20:00-06:00", "20:00 Europe/Berlin", "24:00-06:00 UTC", "20:00-20:00 UTC", "8:00-9:00 UTC",
               "20:60-06:00 UTC", "20:00-06:00 ", "20:00-06:00 ../etc/passwd", "20:00-06:00 a//b", "");
  CAPTURE(text);
  CHECK(with(std::string("windows: {run: \"") + text + "\"}").size() == 1);
}

TEST_CASE("windows of the library's form pass", "[scenario]") {
  const auto text = GENERATE("20:00-06:00 Europe/Berlin", "00:00-23:59 UTC",
                             "08:30-17:00 America/Argentina/Buenos_Aires", "01:00-02:00 Etc/GMT-3");
  CAPTURE(text);
  CHECK(with(std::string("windows: {run: \"") + text + "\"}").empty());
}

TEST_CASE("days without a window are days of the calendar", "[scenario]") {
  CHECK(told(with("windows: {run: \"20:00-06:00 UTC\", except: [2026-02-30]}"), "'2026-02-30' is not a day"));
  CHECK(told(with("windows: {run: \"20:00-06:00 UTC\", except: [Monday]}"), "'Monday' is not a day"));
  CHECK(told(with("windows: {except: [2026-02-28]}"), "key 'run' is missing"));
}

TEST_CASE("a sweep lists what varies", "[sweep]") {
  const auto parsed =
      parse_scenario("{name: a, migrate: {count: 1}, load: {}, sweep: {combine: pairwise, disks: [scsi x "
                     "1, 2, 4, 8; ide x 1, 2], disks.type: [dynamic, fixed], may_power_off: [x-*]}}",
                     "s");
  CHECK(lines(parsed.diagnostics).empty());
  CHECK(parsed.scenario.has_sweep);
}

TEST_CASE("a sweep with nothing in it, or too much, is refused", "[sweep][hostile]") {
  CHECK(told(with("sweep: {}"), "nothing varies"));
  CHECK(told(with("sweep: {disks: [scsi x 1]}"), "nothing varies"));
  CHECK(told(with("sweep: {disks: [scsi x 1, 0]}"), "is not a bus and numbers of disks"));
  CHECK_FALSE(with("sweep: {disks: [ide x 4, 5]}").empty());
  CHECK_FALSE(with("sweep: {disks: [nvme x 1, 2]}").empty());
  CHECK(told(with("sweep: {disks.type: [fixed, fixed, dynamic]}"), "'fixed' stands twice"));
  CHECK(told(with("sweep: {disks.typ: [fixed], disks.format: [vhd, vhdx]}"), "did you mean 'disks.type'"));
  std::string rates;
  for (int i = 1; i <= 64; ++i) {
    rates += std::to_string(i) + "MiB/s, ";
  }
  std::string counts = "1";
  for (int i = 2; i <= 64; ++i) {
    counts += ", " + std::to_string(i);
  }
  CHECK(told(with("sweep: {load.rate: [" + rates + "], disks: [scsi x " + counts +
                  "], disks.type: [fixed, dynamic], disks.format: [vhd, vhdx]}"),
             "16384 combinations, at most 10000"));
}

TEST_CASE("arms are two groups or more, each with its name", "[arms]") {
  const std::string a = "{name: A, guests: {match: \"a-*\"}, without_hotfixes: [KB2636573]}";
  CHECK(with("arms: [" + a + ", {name: B, guests: {match: \"b-*\"}, with_hotfixes: [KB2636573]}]").empty());
  CHECK(told(with("arms: [" + a + "]"), "1 arms, use 2 to 8"));
  CHECK(told(with("arms: [" + a + ", " + a + "]"), "a second arm with the name 'A'"));
  CHECK(told(with("arms: [" + a + ", {name: B}]"), "key 'guests' is missing"));
  CHECK(told(with("arms: [" + a + ", {name: B, guests: {match: b}, with_hotfixes: [2636573]}]"),
             "is not a hotfix"));
  CHECK(told(with("arms: [" + a + ", {name: B, guests: {match: b}}], sweep: {disks.type: [fixed, dynamic]}"),
             "not both"));
  CHECK(told(with("campaign: verify, verify: {rate: 1%}, arms: [" + a + ", {name: B, guests: {match: b}}]"),
             "the first arm is the baseline"));
}

} // namespace
} // namespace migstorm
