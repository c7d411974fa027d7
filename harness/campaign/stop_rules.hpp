// When a campaign has seen enough.
#pragma once

#include "harness/campaign/progress.hpp"

#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

namespace migstorm::campaign {

// Refuses rules and kinds that are not built yet, before anything is touched.
Status check_rules(const Scenario& scenario);

// Why the campaign should end now, in words; nothing while it should go on. `open`: for how long moves were
// allowed to begin.
std::optional<std::string> stop_reason(const Scenario& scenario, const Progress& progress, Span open);

// The signature seen most often and its count; 0 where no crash has one.
std::pair<std::string, std::uint32_t> commonest_signature(const Progress& progress);

} // namespace migstorm::campaign
