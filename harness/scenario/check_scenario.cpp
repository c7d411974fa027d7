#include "harness/scenario/sections.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm {
namespace {

constexpr std::uint64_t kIdeDisksMax =
    3; // two controllers of two places, and the system disk has one of them
constexpr std::uint64_t kScsiDisksMax = 256;

std::uint64_t count_on(const Scenario& scenario, hyperv::ControllerBus bus) {
  std::uint64_t count = 0;
  for (const DiskSpec& disk : scenario.disks) {
    count += disk.bus == bus ? disk.count : 0;
  }
  return count;
}

void check_disks(const yaml::Node& root, const Scenario& scenario) {
  const yaml::Node disks = root.key("disks");
  if (const auto count = count_on(scenario, hyperv::ControllerBus::ide); count > kIdeDisksMax) {
    disks.error(
        fmt::format("{} disks on IDE, a guest has room for {} beside its system disk", count, kIdeDisksMax));
  }
  if (const auto count = count_on(scenario, hyperv::ControllerBus::scsi); count > kScsiDisksMax) {
    disks.error(fmt::format("{} disks on SCSI, a guest has room for {}", count, kScsiDisksMax));
  }
}

void check_load(const yaml::Node& root, const Scenario& scenario) {
  const yaml::Node load = root.key("load");
  const yaml::Node qualify = root.key("qualify");
  // A sweep or an arm may bring the disks.
  const bool disks_known = !scenario.has_sweep;
  if (!scenario.load) {
    if (scenario.qualify.load_alive) {
      qualify.key("load_alive").error("there is no load that could be alive, add load:");
    }
    if (scenario.qualify.disk_growth_min > 0) {
      qualify.key("disk_growth_min").error("there is no load that could make disks grow, add load:");
    }
    return;
  }
  if (disks_known && scenario.disks.empty()) {
    load.error("there are no disks to write to, add disks:");
    return;
  }
  for (const DiskSpec& disk : scenario.disks) {
    if (disk.size != 0 && scenario.load->block > disk.size) {
      load.key("block").error(fmt::format("{} is more than a disk of {} holds",
                                          units::format_bytes(scenario.load->block),
                                          units::format_bytes(disk.size)));
      break;
    }
  }
  const bool grows = std::any_of(scenario.disks.begin(), scenario.disks.end(),
                                 [](const DiskSpec& disk) { return disk.type == hyperv::DiskType::dynamic; });
  if (disks_known && !grows && scenario.qualify.disk_growth_min > 0) {
    qualify.key("disk_growth_min").error("fixed disks never grow, so no migration would count");
  }
}

void check_verify(const yaml::Node& root, const Scenario& scenario) {
  const bool verifies = scenario.campaign == CampaignKind::verify;
  const yaml::Node verify = root.key("verify");
  if (verifies && !scenario.verify && !scenario.has_arms) {
    root.key("campaign").error("verify needs to know what to compare with, add verify:");
  }
  if (!verifies && verify.defined()) {
    verify.error(
        fmt::format("belongs to campaign: verify, and this is campaign: {}", to_string(scenario.campaign)));
  }
  if (!verifies && scenario.stop.verdict_decided) {
    root.key("stop").key("verdict").error(
        "decided belongs to campaign: verify, others have nothing to decide");
  }
  if (!verify.is_map()) {
    return;
  }
  const bool run = verify.key("baseline").defined();
  const bool rate = verify.key("rate").defined();
  if (scenario.has_arms && (run || rate)) {
    verify.key(run ? "baseline" : "rate").error("stands beside arms:, where the first arm is the baseline");
  } else if (run && rate) {
    verify.error("has both baseline: and rate:, use one of them");
  } else if (!scenario.has_arms && !run && !rate) {
    verify.error("needs baseline: RUN or rate: 1/1500, what to compare with");
  }
}

void check_comparisons(const yaml::Node& root, const Scenario& scenario) {
  if (scenario.has_sweep && scenario.has_arms) {
    root.key("arms").error("a scenario has sweep: or arms:, not both");
  }
}

} // namespace

void check_scenario(const yaml::Node& root, const Scenario& scenario) {
  check_disks(root, scenario);
  check_load(root, scenario);
  check_verify(root, scenario);
  check_comparisons(root, scenario);
  const MigrateSpec& migrate = scenario.migrate;
  if (migrate.per_host > migrate.total) {
    root.key("migrate")
        .key("concurrency")
        .error(fmt::format("per_host {} can never be reached, total is {}", migrate.per_host, migrate.total));
  }
}

} // namespace migstorm
