// Guests that are there to be crashed, to prove that crashes are noticed.
#pragma once

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

#include <string>
#include <vector>

namespace migstorm {

bool is_canary(const LabFile& lab, const hyperv::GuestId& guest);

// What a canary's Notes must hold: "migstorm-canary".
std::string canary_mark(const LabFile& lab);

// Why this scenario may not have the guest crashed; empty: it may.
std::string canary_objection(const hyperv::GuestFacts& guest, const Scenario& scenario, const LabFile& lab);

// The canaries among these guests, in their order.
std::vector<hyperv::GuestFacts> canaries_among(const std::vector<hyperv::GuestFacts>& guests,
                                               const LabFile& lab);

// Whether a scenario that asks for a self-test can have one: malformed where the lab file lists no canary,
// denied where it lists a guest that must not be crashed. A canary that is not there is no error.
Status check_canaries(const std::vector<hyperv::GuestFacts>& guests, const Scenario& scenario,
                      const LabFile& lab);

} // namespace migstorm
