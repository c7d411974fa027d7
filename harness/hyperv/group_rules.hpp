// What a cluster was told about where its virtual machines may be.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

// Fills in GuestFacts::rules of clustered guests: one query for the groups, one question for each guest. What
// the cluster refuses to tell stays unknown.
Task<Status> read_group_rules(Host& host, KnownPtr known, std::vector<GuestFacts>& guests);

} // namespace migstorm::hyperv
