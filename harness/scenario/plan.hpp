// From a scenario to the exact list of migrations. Everything here is a pure function: the same input gives
// the same plan on every machine.
#pragma once

#include <migstorm/hyperv.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace migstorm {

struct Plan {
  std::vector<PlanGuest> guests; // in the order of Step::guest
  std::vector<Step> steps;
};

// Rounds: in each one every guest is moved once, in an order drawn anew. Refused with a sentence when a guest
// has nowhere to go or there is no guest at all.
Result<Plan> make_plan(const Scenario& scenario, const std::vector<PlanGuest>& guests, std::uint64_t seed);

// One move of one guest.
struct SingleMove {
  std::string guest; // ElementName
  std::string from;
  std::string to;
};
// The plan of that move alone; the guest is first brought to `from` where it is somewhere else. Refused where
// the plan has no such guest, or it may not go there.
Result<Plan> make_single_move(const SingleMove& move, const std::vector<PlanGuest>& guests);

struct LeftOut {
  std::string guest; // ElementName, with the GUID where the name is not unique
  std::string reason;
};

// What somebody should know of a guest that is moved.
struct Remark {
  hyperv::GuestId guest;
  std::string text;
};

struct Selection {
  std::vector<PlanGuest> chosen; // by name, then by GUID
  std::vector<LeftOut> left_out; // likewise
  std::vector<Remark> remarks;   // on those chosen, in their order
};

// Which of the guests that were found may be moved, and where to: the scenario matches the guest, the lab
// file allows it, and it carries the mark in its Notes or is named by its GUID in the lab file.
Selection select_guests(const Scenario& scenario, const LabFile& lab, std::vector<hyperv::GuestFacts> guests,
                        std::vector<hyperv::HostFacts> hosts);

} // namespace migstorm
