#include "tools/migstorm/remembered.hpp"

#include "harness/journal/memory.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace migstorm {

namespace {

constexpr std::size_t kNamedMax = 10;

std::string name_list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamedMax; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kNamedMax ? fmt::format("{} and {} more", text, names.size() - kNamedMax) : text;
}

bool uses(const LabFile& lab, const std::string& credential) {
  const auto names_it = [&credential](const Endpoint& endpoint) { return endpoint.credential == credential; };
  return lab.smb.credential == credential || std::any_of(lab.hosts.begin(), lab.hosts.end(), names_it) ||
         std::any_of(lab.guests.begin(), lab.guests.end(), names_it);
}

} // namespace

std::string lab_key(const LabFile& lab) {
  return !lab.cluster_id.empty() ? lab.cluster_id : !lab.cluster_name.empty() ? lab.cluster_name : lab.path;
}

Status refuse_rejected(const std::string& journal, const LabFile& lab) {
  const Result<std::vector<RejectedCredential>> rejected = rejected_credentials(journal, lab_key(lab));
  if (!rejected) {
    return rejected.error();
  }
  for (const RejectedCredential& one : *rejected) {
    if (uses(lab, one.credential)) {
      return Error{
          Errc::denied,
          fmt::format("the credentials of \"{}\" ({}) were rejected before{}, and trying again could "
                      "lock the account; put them right, then say so with --confirm-credential {}",
                      one.principal, one.credential, one.host.empty() ? "" : " by " + one.host,
                      one.credential)};
    }
  }
  return Unit{};
}

Result<std::set<std::string>> ids_seen(const std::string& journal, const Scenario& scenario,
                                       const LabFile& lab) {
  const Result<std::vector<SeenGuest>> seen = seen_guests(journal, scenario.name, lab_key(lab));
  if (!seen) {
    return seen.error();
  }
  std::set<std::string> ids;
  for (const SeenGuest& guest : *seen) {
    ids.insert(guest.id);
  }
  return ids;
}

Status remember_shown(const std::string& journal, const Scenario& scenario, const LabFile& lab,
                      const std::vector<PlanGuest>& guests, CivilTime now) {
  std::vector<SeenGuest> seen;
  seen.reserve(guests.size());
  for (const PlanGuest& guest : guests) {
    seen.push_back({guest.id, guest.name});
  }
  return remember_guests(journal, scenario.name, lab_key(lab), seen, now);
}

Status accept_guests(const Acceptance& acceptance, const std::vector<PlanGuest>& guests) {
  if (acceptance.lab.simulated) {
    return Unit{};
  }
  const Result<std::set<std::string>> seen =
      ids_seen(acceptance.journal, acceptance.scenario, acceptance.lab);
  if (!seen) {
    return seen.error();
  }
  std::vector<std::string> unseen;
  for (const PlanGuest& guest : guests) {
    if (seen->count(guest.id) == 0) {
      unseen.push_back(guest.name);
    }
  }
  if (!unseen.empty() && !acceptance.attended) {
    return Error{
        Errc::unsupported,
        fmt::format("nobody is at the terminal, and the last run or plan of {} did not show {} of its "
                    "guests: {}; look at `migstorm run ... --plan` first, which remembers what it shows",
                    acceptance.scenario.name, unseen.size(), name_list(unseen))};
  }
  if (!unseen.empty()) {
    spdlog::info("new since the last run of {}: {}", acceptance.scenario.name, name_list(unseen));
  }
  return remember_shown(acceptance.journal, acceptance.scenario, acceptance.lab, guests, acceptance.now);
}

} // namespace migstorm
