#include "harness/campaign/qualify.hpp"

#include <algorithm>

namespace migstorm::campaign {

// Growing disks are the proof of a living load.
std::uint64_t growth_needed(const QualifySpec& asked) noexcept {
  return asked.load_alive ? std::max<std::uint64_t>(asked.disk_growth_min, 1) : asked.disk_growth_min;
}

bool measures_growth(const Scenario& scenario) noexcept {
  const auto& off = scenario.watch.off;
  const bool watched = std::find(off.begin(), off.end(), DetectorKind::load) == off.end();
  return growth_needed(scenario.qualify) > 0 || (scenario.load && (scenario.load->budget_written || watched));
}

std::string_view unqualified_reason(const QualifySpec& asked, const Exposure& exposure) noexcept {
  if (!exposure.moved) {
    return "not-moved";
  }
  if (asked.detectors_applicable && !exposure.detectors_alive) {
    return "detectors";
  }
  const std::uint64_t growth_min = growth_needed(asked);
  if (growth_min == 0) {
    return {};
  }
  if (!exposure.growth) {
    return "growth-unknown";
  }
  return *exposure.growth >= growth_min ? std::string_view{} : "growth";
}

} // namespace migstorm::campaign
