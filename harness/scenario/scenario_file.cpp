#include "harness/scenario/scenario_file.hpp"

#include "harness/scenario/fields.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/units.hpp"
#include "harness/scenario/words.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <tuple>

namespace migstorm {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kKiB = 1ULL << 10;
constexpr std::uint64_t kDumpsMax = 10'000; // of one signature
constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kTiB = 1ULL << 40;

constexpr std::uint64_t kMigrationsMax =
    1'000'000; // a year of them, two a minute; a plan of that size takes 120 MiB
constexpr std::size_t kDiskEntriesMax = 16;
constexpr std::uint64_t kDisksMax = 256; // 4 SCSI controllers of 64 places
constexpr std::uint64_t kVhdMax = 2040ULL << 30;
constexpr std::uint64_t kVhdxMax = 64 * kTiB;
constexpr std::uint64_t kSector = 512;
constexpr Span kTimeMax = std::chrono::hours(24 * 365);
constexpr std::size_t kFileMax = (1U << 20) + 1; // one more than the reader takes: it tells about the limit

std::uint64_t read_sectors(const yaml::Node& node, std::uint64_t low, std::uint64_t high,
                           std::uint64_t fallback) {
  const std::uint64_t value = node.bytes(low, high, fallback);
  if (value % kSector != 0) {
    node.error(fmt::format("{} bytes are not whole sectors of {} bytes", value, kSector));
  }
  return value;
}

DiskSpec read_disk(const yaml::Node& node) {
  DiskSpec disk;
  disk.bus = pick(node.key("bus"), words::kBuses, disk.bus);
  disk.type = pick(node.key("type"), words::kDiskTypes, disk.type);
  disk.format = pick(node.key("format"), words::kFormats, disk.format);
  const std::uint64_t largest = disk.format == hyperv::DiskFormat::vhd ? kVhdMax : kVhdxMax;
  disk.size = read_sectors(node.require("size"), 16 * kMiB, largest, 0);
  disk.count = static_cast<std::uint32_t>(node.key("count").whole(1, kDisksMax, disk.count));
  node.finish();
  return disk;
}

std::vector<DiskSpec> read_disks(const yaml::Node& node) {
  std::vector<DiskSpec> disks;
  for (const yaml::Node& item : read_some(node, kDiskEntriesMax)) {
    disks.push_back(read_disk(item));
  }
  return disks;
}

LoadSpec read_load(const yaml::Node& node) {
  LoadSpec load;
  load.pattern = words::kPatterns[node.key("pattern").choice(words::kPatterns, 0)];
  load.block = read_sectors(node.key("block"), kSector, 64 * kMiB, load.block);
  const yaml::Node rate = node.key("rate");
  load.rate_per_disk = rate.rate(load.rate_per_disk);
  if (load.rate_per_disk == 0 || load.rate_per_disk > kTiB) {
    rate.error("out of range, use 1B/s to 1TiB/s");
  }
  load.when = words::kLoadTimes[node.key("when").choice(words::kLoadTimes, 0)];
  const double recycle = node.key("recycle_at").fraction(0.05, 0.95, load.recycle_percent / 100.0);
  load.recycle_percent = static_cast<std::uint32_t>(std::lround(recycle * 100));
  if (const yaml::Node budget = node.key("budget"); budget.defined()) {
    if (const yaml::Node written = budget.require("written"); written.defined()) {
      load.budget_written = written.bytes(kMiB, kMiB * kTiB, kTiB);
    }
    budget.finish();
  }
  node.finish();
  return load;
}

MigrateSpec read_migrate(const yaml::Node& node) {
  MigrateSpec migrate;
  migrate.via = pick(node.key("via"), words::kVias, migrate.via);
  migrate.route = pick(node.key("route"), words::kRoutes, migrate.route);
  migrate.count = static_cast<std::uint32_t>(node.require("count").whole(1, kMigrationsMax, 1));
  if (const yaml::Node concurrency = node.key("concurrency"); concurrency.defined()) {
    migrate.per_host =
        static_cast<std::uint32_t>(concurrency.key("per_host").whole(1, 100, migrate.per_host));
    migrate.total = static_cast<std::uint32_t>(concurrency.key("total").whole(1, 1000, migrate.per_host));
    concurrency.finish();
  }
  const yaml::Node dwell = node.key("dwell");
  std::tie(migrate.dwell_min, migrate.dwell_max) = dwell.span_range({migrate.dwell_min, migrate.dwell_max});
  if (migrate.dwell_max > 24h) {
    dwell.error(fmt::format("{} is out of range, use at most 24h", units::format_span(migrate.dwell_max)));
  }
  migrate.timeout = node.key("timeout").span(10s, 24h, migrate.timeout);
  node.finish();
  return migrate;
}

QualifySpec read_qualify(const yaml::Node& node, bool has_load) {
  QualifySpec qualify;
  qualify.disk_growth_min = node.key("disk_growth_min").bytes(0, kTiB, 0);
  qualify.load_alive = node.key("load_alive").flag(has_load);
  qualify.detectors_applicable = pick(node.key("detectors"), words::kDetectors, true);
  node.finish();
  return qualify;
}

BreakerSpec read_breaker(const yaml::Node& node) {
  BreakerSpec breaker;
  breaker.failed_moves =
      static_cast<std::uint32_t>(node.key("failed_moves").whole(2, 1000, breaker.failed_moves));
  breaker.resumes = static_cast<std::uint32_t>(node.key("resumes").whole(0, 1000, breaker.resumes));
  node.finish();
  return breaker;
}

// `self_test: nmi`, or a map that also says how often.
SelfTestSpec read_self_test(const yaml::Node& node) {
  SelfTestSpec test;
  if (!node.is_map()) {
    test.nmi = pick(node, words::kProvocations, false);
    return test;
  }
  test.nmi = pick(node.key("provoke"), words::kProvocations, false);
  test.every = node.key("every").span(1h, 7 * 24h, test.every);
  node.finish();
  return test;
}

WatchSpec read_watch(const yaml::Node& node) {
  WatchSpec watch;
  std::vector<std::string_view> names;
  for (std::size_t kind = 0; kind < kDetectorKinds; ++kind) {
    names.push_back(to_string(static_cast<DetectorKind>(kind)));
  }
  for (const yaml::Node& each : read_some(node.key("off"), kDetectorKinds)) {
    if (const std::size_t kind = each.choice(names, kDetectorKinds); kind < kDetectorKinds) {
      watch.off.push_back(static_cast<DetectorKind>(kind));
    }
  }
  node.finish();
  return watch;
}

StopSpec read_stop(const yaml::Node& node) {
  StopSpec stop;
  if (const yaml::Node crashes = node.key("same_signature"); crashes.defined()) {
    stop.same_signature = static_cast<std::uint32_t>(crashes.whole(1, 10'000, 1));
  }
  if (const yaml::Node after = node.key("after"); after.defined()) {
    stop.after = after.span(1s, kTimeMax, kTimeMax);
  }
  if (const yaml::Node verdict = node.key("verdict"); verdict.defined()) {
    verdict.choice({"decided"}, 0);
    stop.verdict_decided = true;
  }
  node.finish();
  return stop;
}

// "1/10 of baseline".
double read_fixed_rate(const yaml::Node& node, double fallback) {
  constexpr std::string_view kOf = " of baseline";
  if (!node.is_scalar()) {
    node.text();
    return fallback;
  }
  const std::string text = node.text();
  const auto share = text.ends_with(kOf) ? units::parse_fraction(text.substr(0, text.size() - kOf.size()))
                                         : Result<double>(Error(Errc::malformed, ""));
  if (!share || !(*share > 0) || !(*share < 1)) {
    node.error(fmt::format("{} is not a share of the baseline, write it like 1/10 of baseline",
                           units::quoted(text)));
    return fallback;
  }
  return *share;
}

VerifySpec read_verify(const yaml::Node& node) {
  VerifySpec verify;
  verify.baseline_run = read_short_text(node.key("baseline"));
  if (const yaml::Node rate = node.key("rate"); rate.defined()) {
    verify.baseline_rate = rate.fraction(1e-9, 0.5, 0.01);
  }
  verify.fixed_rate_of_baseline = read_fixed_rate(node.key("fixed_rate"), verify.fixed_rate_of_baseline);
  verify.alpha = node.key("alpha").fraction(1e-6, 0.5, verify.alpha);
  verify.beta = node.key("beta").fraction(1e-6, 0.5, verify.beta);
  verify.design = words::kDesigns[node.key("design").choice(words::kDesigns, 0)];
  node.finish();
  return verify;
}

void read_ending(const yaml::Node& root, Scenario& scenario) {
  const yaml::Node collect = root.key("collect");
  scenario.collect_dumps = words::kDumps[collect.key("dumps").choice(words::kDumps, 1)];
  if (const yaml::Node keep = collect.key("keep"); keep.defined()) {
    scenario.collect_keep = keep.bytes(kMiB, 1024 * kTiB, kTiB);
  }
  if (const yaml::Node kept = collect.key("keep_per_signature"); kept.defined()) {
    scenario.collect_per_signature = static_cast<std::uint32_t>(kept.whole(1, kDumpsMax, 1));
  }
  collect.finish();

  const yaml::Node windows = root.key("windows");
  if (windows.defined()) {
    scenario.run_window = read_window(windows.require("run"));
    scenario.run_except = read_days(windows.key("except"));
  }
  windows.finish();

  const yaml::Node end = root.key("end");
  scenario.restore_placement = pick(end.key("placement"), words::kPlacements, true);
  end.finish();

  const yaml::Node report = root.key("report");
  scenario.report_html = report.key("html").flag(false);
  scenario.report_junit = report.key("junit").flag(false);
  scenario.mail = read_short_text(report.key("mail"));
  report.finish();
}

void read_root(const yaml::Node& root, Scenario& scenario) {
  scenario.name = read_name(root.require("name"));
  scenario.campaign = pick(root.key("campaign"), words::kCampaigns, scenario.campaign);
  scenario.lab = read_short_text(root.key("lab"));
  const yaml::Node guests = root.key("guests");
  scenario.guests_match = read_pattern(guests.key("match"), scenario.guests_match);
  guests.finish();
  scenario.disks = read_disks(root.key("disks"));
  if (const yaml::Node load = root.key("load"); load.defined()) {
    scenario.load = read_load(load);
  }
  scenario.migrate = read_migrate(root.require("migrate"));
  scenario.qualify = read_qualify(root.key("qualify"), scenario.load.has_value());
  scenario.stop = read_stop(root.key("stop"));
  scenario.breaker = read_breaker(root.key("breaker"));
  scenario.self_test = read_self_test(root.key("self_test"));
  scenario.watch = read_watch(root.key("watch"));
  if (const yaml::Node verify = root.key("verify"); verify.defined()) {
    scenario.verify = read_verify(verify);
  }
  if (const yaml::Node sweep = root.key("sweep"); sweep.defined()) {
    scenario.has_sweep = true;
    read_sweep(sweep);
  }
  if (const yaml::Node arms = root.key("arms"); arms.defined()) {
    scenario.has_arms = true;
    read_arms(arms);
  }
  read_ending(root, scenario);
  root.finish();
}

ParsedScenario read_scenario(const yaml::Reader& reader, std::string source, std::string path) {
  ParsedScenario parsed;
  parsed.scenario.path = std::move(path);
  parsed.scenario.source = std::move(source);
  if (const yaml::Node root = reader.root(); root.is_map()) {
    read_root(root, parsed.scenario);
    check_scenario(root, parsed.scenario);
  } else if (root.defined()) {
    root.error("a scenario is a map of keys, name: and migrate: at least");
  }
  parsed.diagnostics = reader.diagnostics();
  return parsed;
}

} // namespace

ParsedScenario parse_scenario(std::string text, std::string path) {
  const yaml::Reader reader(text, path);
  return read_scenario(reader, std::move(text), std::move(path));
}

Result<std::string> read_text_file(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) {
    return Error{Errc::not_found, fmt::format("{} is a folder, not a file", path)};
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const bool there = std::filesystem::exists(path, failed);
    return Error{there ? Errc::denied : Errc::not_found,
                 there ? fmt::format("{} cannot be opened", path) : fmt::format("there is no file {}", path)};
  }
  std::string text(kFileMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Result<ParsedScenario> load_scenario(const std::string& path, const std::vector<std::string>& settings) {
  auto text = read_text_file(path);
  if (!text) {
    return std::move(text).error();
  }
  if (settings.empty()) {
    return parse_scenario(std::move(*text), path);
  }
  const yaml::Reader reader(std::move(*text), path, settings);
  return read_scenario(reader, reader.text(), path);
}

std::vector<std::string> scenario_keys() {
  // Keys are those the code asks for, so every section must be there to be asked.
  const yaml::Reader reader(
      "{guests: {}, disks: [{}], load: {budget: {}}, migrate: {concurrency: {}}, qualify: {}, "
      "stop: {}, breaker: {}, self_test: {}, watch: {}, verify: {}, sweep: {}, arms: [{guests: {}}], "
      "windows: "
      "{}, collect: {}, end: "
      "{}, report: {}}",
      "");
  read_scenario(reader, "", "");
  return reader.known_keys();
}

} // namespace migstorm
