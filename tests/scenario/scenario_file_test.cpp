#include "harness/scenario/scenario_file.hpp"

#include "tests/scenario/problems.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>

namespace migstorm {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

TEST_CASE("the shortest scenario has every default", "[scenario]") {
  const auto parsed = parse_scenario("name: short\nmigrate: {count: 10}\n", "s");
  REQUIRE(lines(parsed.diagnostics).empty());
  const Scenario& scenario = parsed.scenario;
  CHECK(scenario.name == "short");
  CHECK(scenario.campaign == CampaignKind::soak);
  CHECK(scenario.guests_match == "*");
  CHECK(scenario.migrate.count == 10);
  CHECK(scenario.migrate.route == RouteKind::ring);
  CHECK(scenario.migrate.via == ViaChoice::automatic);
  CHECK(scenario.migrate.per_host == 1);
  CHECK(scenario.migrate.total == 1);
  CHECK(scenario.migrate.dwell_max == 0s);
  CHECK(scenario.migrate.timeout == 10min);
  CHECK_FALSE(scenario.load);
  CHECK_FALSE(scenario.qualify.load_alive);
  CHECK(scenario.qualify.detectors_applicable);
  CHECK_FALSE(scenario.stop.same_signature);
  CHECK(scenario.collect_dumps == "new-signatures");
  CHECK(scenario.restore_placement);
  CHECK(scenario.source == "name: short\nmigrate: {count: 10}\n");
}

TEST_CASE("every key arrives where it belongs", "[scenario]") {
  const auto parsed = parse_scenario(R"(
name: full
campaign: verify
lab: labs/x.yaml
guests: {match: "sql-*"}
disks:
  - {bus: ide, type: dynamic, format: vhdx, size: 4TiB, count: 2}
load: {pattern: expand, block: 4KiB, rate: 10MiB/s, when: always, recycle_at: 50%, budget: {written: 5TiB}}
migrate: {via: cluster, route: ping-pong, count: 12000, concurrency: {per_host: 2, total: 8}, dwell: 2s..10s, timeout: 5min}
qualify: {disk_growth_min: 4MiB, load_alive: false, detectors: none}
stop: {same_signature: 3, after: 8h, verdict: decided}
verify: {rate: 1/1500, fixed_rate: 1/20 of baseline, alpha: 1%, beta: 0.1, design: sprt}
windows: {run: "20:00-06:00 Europe/Berlin", except: [2026-12-24, 2026-12-31]}
collect: {dumps: all, keep: 200GiB, keep_per_signature: 3}
end: {placement: leave}
report: {html: true, junit: true, mail: night}
)",
                                     "s");
  REQUIRE(lines(parsed.diagnostics).empty());
  const Scenario& s = parsed.scenario;
  CHECK(s.campaign == CampaignKind::verify);
  CHECK(s.lab == "labs/x.yaml");
  REQUIRE(s.disks.size() == 1);
  CHECK(s.disks[0].bus == hyperv::ControllerBus::ide);
  CHECK(s.disks[0].format == hyperv::DiskFormat::vhdx);
  CHECK(s.disks[0].size == 4ULL << 40);
  CHECK(s.disks[0].count == 2);
  REQUIRE(s.load);
  CHECK(s.load->block == 4096);
  CHECK(s.load->rate_per_disk == 10ULL << 20);
  CHECK(s.load->when == "always");
  CHECK(s.load->recycle_percent == 50);
  CHECK(s.load->budget_written == 5ULL << 40);
  CHECK(s.migrate.via == ViaChoice::cluster);
  CHECK(s.migrate.route == RouteKind::ping_pong);
  CHECK(s.migrate.per_host == 2);
  CHECK(s.migrate.total == 8);
  CHECK(s.migrate.dwell_min == 2s);
  CHECK(s.migrate.dwell_max == 10s);
  CHECK(s.migrate.timeout == 5min);
  CHECK(s.qualify.disk_growth_min == 4ULL << 20);
  CHECK_FALSE(s.qualify.load_alive);
  CHECK_FALSE(s.qualify.detectors_applicable);
  CHECK(s.stop.same_signature == 3U);
  CHECK(s.stop.after == Span(8h));
  CHECK(s.stop.verdict_decided);
  REQUIRE(s.verify);
  CHECK(*s.verify->baseline_rate == Approx(1.0 / 1500));
  CHECK(s.verify->fixed_rate_of_baseline == Approx(0.05));
  CHECK(s.verify->alpha == Approx(0.01));
  CHECK(s.verify->beta == Approx(0.1));
  CHECK(s.verify->design == "sprt");
  CHECK(s.run_window == "20:00-06:00 Europe/Berlin");
  CHECK(s.run_except == Strings{"2026-12-24", "2026-12-31"});
  CHECK(s.collect_dumps == "all");
  CHECK(s.collect_keep == 200ULL << 30);
  CHECK(s.collect_per_signature == 3U);
  CHECK_FALSE(s.restore_placement);
  CHECK(s.report_html);
  CHECK(s.report_junit);
  CHECK(s.mail == "night");
}

TEST_CASE("all problems are told at once", "[scenario]") {
  CHECK(scenario_problems("name: a b\n"
                          "campain: soak\n"
                          "guests: {match: ''}\n"
                          "disks:\n"
                          "  - {bus: scsi, size: 3TiB}\n"
                          "  - {type: dynamc, size: 1000B}\n"
                          "migrate:\n"
                          "  count: 0\n"
                          "  dwell: 10s..2s\n"
                          "  timeout: 10\n") ==
        Strings{"s:1:7: name: 'a b' is not a name, use 1 to 64 letters, digits, '-', '_' and '.'",
                "s:2:1: unknown key 'campain', did you mean 'campaign'?",
                "s:3:17: match: '' is not a pattern of names, use 1 to 256 characters with * and ?",
                "s:5:23: size: 3TiB is out of range, use 16MiB to 2040GiB",
                "s:6:12: type: expected one of dynamic, fixed, found 'dynamc', did you mean 'dynamic'?",
                "s:6:26: size: 1000B is out of range, use 16MiB to 2040GiB",
                "s:8:10: count: 0 is out of range, use 1 to 1000000",
                "s:9:10: dwell: '10s..2s' runs backwards, write 2s..10s",
                "s:10:12: timeout: '10' has no unit, use ms, s, min, h or d"});
}

TEST_CASE("a scenario without its required keys says which", "[scenario]") {
  CHECK(scenario_problems("campaign: soak\n") ==
        Strings{"s:1:1: key 'migrate' is missing", "s:1:1: key 'name' is missing"});
  CHECK(scenario_problems("[1, 2]") ==
        Strings{"s:1:1: a scenario is a map of keys, name: and migrate: at least"});
}

TEST_CASE("total concurrency follows per_host where only that is given", "[scenario]") {
  CHECK(parse_scenario("{name: a, migrate: {count: 1, concurrency: {per_host: 3}}}", "s")
            .scenario.migrate.total == 3);
}

TEST_CASE("a wrong word leaves the default behind", "[scenario][hostile]") {
  const auto parsed =
      parse_scenario("{name: a, migrate: {count: x, route: circle}, stop: {verdict: maybe}}", "s");
  CHECK(parsed.diagnostics.size() >= 3);
  CHECK(parsed.scenario.migrate.route == RouteKind::ring);
  CHECK(parsed.scenario.migrate.count == 1);
}

TEST_CASE("a share of the baseline is written as one", "[scenario]") {
  const auto text = GENERATE("1/10", "2 of baseline", "0 of baseline", "of baseline", "[1]");
  CAPTURE(text);
  const std::string scenario =
      std::string("{name: a, campaign: verify, migrate: {count: 1}, verify: {rate: 1%, fixed_rate: ") + text +
      "}}";
  REQUIRE(scenario_problems(scenario).size() == 1);
}

TEST_CASE("a file is read with its settings", "[scenario]") {
  const auto folder = std::filesystem::temp_directory_path() / "migstorm_scenario_file_test";
  std::filesystem::create_directories(folder);
  const std::string path = folder / "a.yaml";
  std::ofstream(path) << "name: a\nmigrate: {count: 10}\n";

  const auto parsed = load_scenario(path, {"migrate.count=300", "migrate.route=random"});
  REQUIRE(parsed);
  CHECK(lines(parsed->diagnostics).empty());
  CHECK(parsed->scenario.migrate.count == 300);
  CHECK(parse_scenario(parsed->scenario.source, "again").scenario.migrate.route == RouteKind::random);

  const auto spoiled = load_scenario(path, {"migrate.rout=ring"});
  REQUIRE(spoiled);
  CHECK(lines(spoiled->diagnostics) ==
        Strings{"--set migrate.rout=ring: unknown key 'rout', did you mean 'route'?"});

  CHECK(load_scenario(folder / "none.yaml", {}).error().code == Errc::not_found);
  CHECK(load_scenario(folder, {}).error().detail.find("is a folder") != std::string::npos);
  std::filesystem::remove_all(folder);
}

} // namespace
} // namespace migstorm
