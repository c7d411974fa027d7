#include "harness/scenario/canaries.hpp"

#include "harness/scenario/glob.hpp"
#include "harness/scenario/lab_rules.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace migstorm {

bool is_canary(const LabFile& lab, const hyperv::GuestId& guest) {
  return std::any_of(lab.canaries.begin(), lab.canaries.end(),
                     [&](const std::string& each) { return equal_without_case(each, guest); });
}

std::string canary_mark(const LabFile& lab) { return lab.mark + kCanarySuffix; }

std::string canary_objection(const hyperv::GuestFacts& guest, const Scenario& scenario, const LabFile& lab) {
  if (!is_canary(lab, guest.id)) {
    return "the lab file's canary: does not list its GUID";
  }
  if (glob_match(scenario.guests_match, guest.name)) {
    return fmt::format("the scenario's guests: {} matches it, and what is moved is not crashed",
                       units::quoted(scenario.guests_match));
  }
  if (names_guest(lab.never, guest.name, guest.id)) {
    return "the lab file's never: names it";
  }
  if (guest.notes.find(canary_mark(lab)) == std::string::npos) {
    return fmt::format("its Notes do not hold {}", units::quoted(canary_mark(lab)));
  }
  return {};
}

std::vector<hyperv::GuestFacts> canaries_among(const std::vector<hyperv::GuestFacts>& guests,
                                               const LabFile& lab) {
  std::vector<hyperv::GuestFacts> found;
  std::copy_if(guests.begin(), guests.end(), std::back_inserter(found),
               [&](const hyperv::GuestFacts& guest) { return is_canary(lab, guest.id); });
  return found;
}

Status check_canaries(const std::vector<hyperv::GuestFacts>& guests, const Scenario& scenario,
                      const LabFile& lab) {
  if (!scenario.self_test.nmi) {
    return Unit{};
  }
  if (lab.canaries.empty()) {
    return Error{Errc::malformed, "self_test: nmi crashes a guest that is there for it, and the lab file "
                                  "lists none under canary:"};
  }
  for (const hyperv::GuestFacts& guest : canaries_among(guests, lab)) {
    if (const std::string why = canary_objection(guest, scenario, lab); !why.empty()) {
      return Error{Errc::denied, fmt::format("canary {} ({}): {}", guest.name, guest.id, why)};
    }
  }
  return Unit{};
}

} // namespace migstorm
