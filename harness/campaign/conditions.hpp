// How the plan's guests were found, and how they are left: what a run must not have changed.
#pragma once

#include "harness/campaign/cluster_guard.hpp"

namespace migstorm::campaign {

// Of each guest in turn: its host (where guests are to go home), its state, its disks.
std::vector<Condition> conditions_at_start(const CampaignInput& input);

struct SeenAgain {
  std::vector<hyperv::GuestFacts> guests;
  bool complete = true; // every host answered, so that a guest nobody has is gone; otherwise it is not known
  std::vector<hyperv::ClusterState> clusters;
};
void compare_conditions(std::vector<Condition>& conditions, const CampaignInput& input, const SeenAgain& now);

// Looks at every host and cluster once more and journals what differs.
// `left_behind`: what we could not take away, to be among the differences.
Task<Unit> look_again(Core& core, ClusterGuard& guard, std::vector<Condition> conditions,
                      std::vector<Condition> left_behind);

} // namespace migstorm::campaign
