// Looks at the cluster before a run: every host is probed, every guest is listed, and the plan is made.
// Changes nothing.
#pragma once

#include "harness/scenario/plan.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/scenario.hpp>
#include <migstorm/task.hpp>

#include <optional>
#include <vector>

namespace migstorm {

struct Survey {
  std::vector<hyperv::HostFacts> hosts;   // in the lab file's order
  std::vector<hyperv::GuestFacts> guests; // of all hosts
};

// Every host's guests, in the order asked; hosts that did not answer have their error.
using GuestLists = std::vector<std::optional<Result<std::vector<hyperv::GuestFacts>>>>;
Task<GuestLists> list_guests(Runtime& runtime, hyperv::Cluster& cluster, std::vector<hyperv::HostName> hosts);

// A host that does not answer, or belongs to another cluster than the lab file says, refuses the whole run by
// name: a plan without it would be another plan. denied comes back after one rejected logon: the other hosts
// are not asked.
Task<Result<Survey>> survey(Runtime& runtime, hyperv::Cluster& cluster, LabFile lab);

struct Prepared {
  std::vector<LeftOut> left_out;
  std::vector<Remark> remarks;
  Plan plan;
};

Result<Prepared> prepare(const Survey& survey, const Scenario& scenario, const LabFile& lab,
                         std::uint64_t seed);

// The facts of those guests only that a plan has.
std::vector<hyperv::GuestFacts> facts_of(std::vector<hyperv::GuestFacts> all,
                                         const std::vector<PlanGuest>& planned);

} // namespace migstorm
