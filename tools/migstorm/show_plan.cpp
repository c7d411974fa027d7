#include "tools/migstorm/show_plan.hpp"

#include "harness/campaign/prepare.hpp"
#include "harness/journal/memory.hpp"
#include "tools/migstorm/remembered.hpp"

#include <map>

namespace migstorm {

namespace {

std::vector<report::PlannedGuest> planned_guests(const Prepared& prepared, const Survey& survey,
                                                 const std::set<std::string>& seen) {
  std::map<std::string_view, bool> clustered;
  for (const hyperv::GuestFacts& guest : survey.guests) {
    clustered[guest.id] = guest.group.has_value();
  }
  std::map<std::string_view, std::vector<std::string>> remarks;
  for (const Remark& remark : prepared.remarks) {
    remarks[remark.guest].push_back(remark.text);
  }
  std::vector<report::PlannedGuest> guests;
  for (const PlanGuest& guest : prepared.plan.guests) {
    const hyperv::Via via = clustered[guest.id] ? hyperv::Via::cluster : hyperv::Via::wmi;
    guests.push_back({guest, via, seen.empty() || seen.count(guest.id) == 1, remarks[guest.id]});
  }
  return guests;
}

} // namespace

Result<report::PlanReport> show_plan(Runtime& runtime, hyperv::Cluster& cluster, const PlanInput& input) {
  const Scenario& scenario = input.files.scenario;
  const LabFile& lab = input.files.lab.lab;
  Result<OpeningHours> hours =
      OpeningHours::make(input.honour_windows ? scenario.run_window : std::string(), scenario.run_except);
  Result<std::set<std::string>> seen = ids_seen(input.journal, scenario, lab);
  Result<std::optional<Span>> move_time = mean_move_time(input.journal, lab.path);
  if (!hours || !seen || !move_time) {
    return !hours ? std::move(hours).error() : !seen ? std::move(seen).error() : std::move(move_time).error();
  }
  const Result<Survey> survey_found = run(runtime, survey(runtime, cluster, lab));
  if (!survey_found) {
    return survey_found.error();
  }
  Result<Prepared> prepared = prepare(*survey_found, scenario, lab, input.seed);
  if (!prepared) {
    return std::move(prepared).error();
  }
  const CivilTime now = runtime.civil_now();
  report::PlanReport plan;
  plan.scenario = scenario.name;
  plan.lab = lab.name.empty() ? lab.path : lab.name;
  plan.seed = input.seed;
  plan.migrations = prepared->plan.steps.size();
  plan.guests = planned_guests(*prepared, *survey_found, *seen);
  plan.left_out = std::move(prepared->left_out);
  plan.total = scenario.migrate.total;
  plan.windows = input.honour_windows ? scenario.run_window : std::string();
  plan.open_now = hours->open(now);
  plan.next_change = hours->next_change(now);
  plan.forecast =
      campaign::forecast({scenario, survey_found->hosts, prepared->plan, *hours, now, *move_time});
  if (Status kept = remember_shown(input.journal, scenario, lab, prepared->plan.guests, now); !kept) {
    return std::move(kept).error();
  }
  return plan;
}

} // namespace migstorm
