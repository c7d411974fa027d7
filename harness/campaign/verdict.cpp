#include "harness/campaign/verdict.hpp"

#include "harness/campaign/stop_rules.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {
namespace {

constexpr double kAliveMin = 0.95;

// Why the absence of crashes proves nothing; empty where it does prove something.
std::string doubt(const Scenario& scenario, const Progress& progress,
                  const std::vector<DetectorAlive>& detectors) {
  if (progress.qualified == 0 || progress.qualified * 2 < progress.completed ||
      progress.qualified * 2 < progress.attempted) {
    return fmt::format("only {} of {} attempted migrations qualified", progress.qualified,
                       progress.attempted);
  }
  if (!scenario.qualify.detectors_applicable) {
    return {};
  }
  for (const DetectorAlive& one : detectors) {
    const double alive = one.total > Span{}
                             ? static_cast<double>(one.alive.count()) / static_cast<double>(one.total.count())
                             : 1.0;
    // Pictures are for people, and a load that stopped is no crash.
    const bool asked = one.applicable && one.kind != DetectorKind::console && one.kind != DetectorKind::load;
    if (asked && alive < kAliveMin) {
      return fmt::format("the detector {} was alive {:.1f} % of the time", to_string(one.kind), alive * 100);
    }
  }
  return {};
}

Verdict judge_reproduce(const Scenario& scenario, const Progress& progress, const std::string& doubts) {
  const auto [signature, count] = commonest_signature(progress);
  if (count > 0) {
    const std::uint32_t wanted = scenario.stop.same_signature.value_or(1);
    const std::string reason = fmt::format("{} of {} crashes are {}", count, progress.crashes, signature);
    if (count < wanted) {
      return {"INCONCLUSIVE", fmt::format("{}, fewer than the {} asked for", reason, wanted)};
    }
    return {"REPRODUCED", reason};
  }
  if (progress.crashes > 0) {
    return {"INCONCLUSIVE", fmt::format("{} crashes, none of which could be named", progress.crashes)};
  }
  if (!doubts.empty()) {
    return {"INCONCLUSIVE", doubts};
  }
  return {"NOT_REPRODUCED", fmt::format("no crash in {} qualified migrations", progress.qualified)};
}

Verdict judge_verify(const Progress& progress) {
  const auto [signature, count] = commonest_signature(progress);
  if (count > 0) {
    return {"NOT_FIXED", fmt::format("{} crashes of {}", count, signature)};
  }
  return {"INCONCLUSIVE",
          fmt::format("no crash that could be named in {} qualified migrations; the statistics that "
                      "would call it fixed are not built yet",
                      progress.qualified)};
}

Verdict judge_soak(const Progress& progress, const std::string& doubts) {
  if (progress.crashes > 0 || progress.hung > 0) {
    return {"FAILED", fmt::format("{} crashes, {} guests hung", progress.crashes, progress.hung)};
  }
  if (progress.failed > 0 || progress.unknown > 0) {
    return {"FAILED",
            fmt::format("{} migrations failed, {} ended unknown", progress.failed, progress.unknown)};
  }
  if (!doubts.empty()) {
    return {"INCONCLUSIVE", doubts};
  }
  return {"PASSED", fmt::format("{} migrations, no crash", progress.completed)};
}

} // namespace

Verdict judge(const Scenario& scenario, const Progress& progress, const std::vector<DetectorAlive>& detectors,
              const std::string& ended) {
  const std::string doubts = doubt(scenario, progress, detectors);
  Verdict verdict;
  switch (scenario.campaign) {
  case CampaignKind::reproduce:
    verdict = judge_reproduce(scenario, progress, doubts);
    break;
  case CampaignKind::verify:
    verdict = judge_verify(progress);
    break;
  case CampaignKind::soak:
    verdict = judge_soak(progress, doubts);
    break;
  }
  verdict.reason += "; ended because: " + ended;
  return verdict;
}

} // namespace migstorm::campaign
