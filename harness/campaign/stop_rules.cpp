#include "harness/campaign/stop_rules.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {

Status check_rules(const Scenario& scenario) {
  if (scenario.has_sweep) {
    return Error{Errc::unsupported, "sweep: is not built yet; run its cells as scenarios of their own"};
  }
  if (scenario.has_arms) {
    return Error{Errc::unsupported, "arms: is not built yet; run both arms as scenarios of their own"};
  }
  if (scenario.stop.verdict_decided && scenario.campaign == CampaignKind::verify) {
    return Error{Errc::unsupported,
                 "stop: {verdict: decided} needs the sequential test of verify, which is not built yet; "
                 "use a count or stop: {after: ...}"};
  }
  return Unit{};
}

std::pair<std::string, std::uint32_t> commonest_signature(const Progress& progress) {
  std::pair<std::string, std::uint32_t> best;
  for (const auto& [signature, count] : progress.signatures) {
    if (count > best.second) {
      best = {signature, count};
    }
  }
  return best;
}

std::optional<std::string> stop_reason(const Scenario& scenario, const Progress& progress, Span open) {
  const StopSpec& stop = scenario.stop;
  const auto [signature, count] = commonest_signature(progress);
  if (stop.same_signature && count >= *stop.same_signature) {
    return fmt::format("{} crashes of {}", count, signature);
  }
  if (stop.after && open >= *stop.after) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*stop.after).count();
    return fmt::format("{} s of cluster time passed", seconds);
  }
  if (scenario.load && scenario.load->budget_written && progress.written >= *scenario.load->budget_written) {
    constexpr double kGib = 1 << 30;
    return fmt::format("the budget is spent: disks grew by {:.1f} GiB of load.budget.written {:.1f} GiB",
                       static_cast<double>(progress.written) / kGib,
                       static_cast<double>(*scenario.load->budget_written) / kGib);
  }
  // One crash decides both kinds: it can be reproduced, or the cluster did not pass.
  const bool crash_decides = scenario.campaign == CampaignKind::soak ? progress.crashes > 0 : count > 0;
  if (stop.verdict_decided && crash_decides) {
    return std::string("the first crash decides");
  }
  return std::nullopt;
}

} // namespace migstorm::campaign
