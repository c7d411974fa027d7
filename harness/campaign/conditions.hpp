// How the plan's guests were found, and how they are left: what a run must not have changed.
#pragma once

#include "harness/campaign/core.hpp"

namespace migstorm::campaign {

// Of each guest in turn: its host (where guests are to go home), its state, its disks. `complete`: every host
// answered, so that a guest nobody has is gone; otherwise it is not known.
std::vector<Condition> conditions_at_start(const CampaignInput& input);
void compare_conditions(std::vector<Condition>& conditions, const CampaignInput& input,
                        const std::vector<hyperv::GuestFacts>& now, bool complete);

// Looks at every host once more and journals what differs.
Task<Unit> look_again(Core& core, std::vector<Condition> conditions);

} // namespace migstorm::campaign
