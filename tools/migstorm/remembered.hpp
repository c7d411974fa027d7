// Interlocks that outlast a process: a rejected password is not tried again, and a run that nobody watches
// moves no guest that nobody has seen in its plan.
#pragma once

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/scenario.hpp>

#include <set>
#include <string>
#include <vector>

namespace migstorm {

// Tells clusters apart in the journal: the cluster's id or name, else the lab file's path.
std::string lab_key(const LabFile& lab);

// denied: a host rejected one of the lab's credentials, in whatever run, and nobody has confirmed it since.
Status refuse_rejected(const std::string& journal, const LabFile& lab);

// Ids of the guests that the last run or plan of the scenario has shown.
Result<std::set<std::string>> ids_seen(const std::string& journal, const Scenario& scenario,
                                       const LabFile& lab);

Status remember_shown(const std::string& journal, const Scenario& scenario, const LabFile& lab,
                      const std::vector<PlanGuest>& guests, CivilTime now);

struct Acceptance {
  std::string journal;
  Scenario scenario;
  LabFile lab;
  bool attended = false; // somebody sits at a terminal
  CivilTime now{};
};

// Real clusters only: unsupported where the run is unattended and the plan has guests that were not seen
// before. Otherwise they are from now on.
Status accept_guests(const Acceptance& acceptance, const std::vector<PlanGuest>& guests);

} // namespace migstorm
