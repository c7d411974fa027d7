#include "harness/campaign/conditions.hpp"

#include "harness/campaign/prepare.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace migstorm::campaign {
namespace {

std::string disks_of(const hyperv::GuestFacts& guest) {
  std::vector<std::string> paths;
  for (const hyperv::DiskFacts& disk : guest.disks) {
    paths.push_back(disk.path);
  }
  std::sort(paths.begin(), paths.end());
  std::string text;
  for (const std::string& path : paths) {
    text += (text.empty() ? "" : ", ") + path;
  }
  return text.empty() ? "none" : text;
}

// The same entries in the same order whenever it is asked.
std::vector<Condition> describe(const CampaignInput& input, const std::vector<hyperv::GuestFacts>& facts,
                                const std::string& absent) {
  std::map<std::string_view, const hyperv::GuestFacts*> by_id;
  for (const hyperv::GuestFacts& each : facts) {
    by_id.emplace(each.id, &each);
  }
  std::vector<Condition> out;
  for (const PlanGuest& guest : input.plan.guests) {
    const auto found = by_id.find(guest.id);
    const hyperv::GuestFacts* here = found == by_id.end() ? nullptr : found->second;
    if (input.scenario.restore_placement) {
      out.push_back({guest.name, "host", here != nullptr ? here->host : absent, {}});
    }
    out.push_back({guest.name, "state", here != nullptr ? std::string(to_string(here->state)) : absent, {}});
    out.push_back({guest.name, "disks", here != nullptr ? disks_of(*here) : absent, {}});
  }
  return out;
}

} // namespace

std::vector<Condition> conditions_at_start(const CampaignInput& input) {
  return describe(input, input.guests, "not known");
}

void compare_conditions(std::vector<Condition>& conditions, const CampaignInput& input,
                        const SeenAgain& now) {
  // Guests come first, and their names need not differ; nodes and volumes come in any order.
  const std::vector<Condition> guests = describe(input, now.guests, now.complete ? "gone" : "not known");
  const std::vector<Condition> others = conditions_of(now.clusters);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    Condition& each = conditions[i];
    if (i < guests.size()) {
      each.at_end = guests[i].at_start;
      continue;
    }
    const auto found = std::find_if(others.begin(), others.end(), [&each](const Condition& other) {
      return other.subject == each.subject && other.what == each.what;
    });
    each.at_end = found != others.end() ? found->at_start : now.clusters.empty() ? "not known" : "gone";
  }
}

Task<Unit> look_again(Core& core, ClusterGuard& guard, std::vector<Condition> conditions,
                      std::vector<Condition> left_behind) {
  std::vector<hyperv::HostName> hosts;
  for (HostId host = 0; host < core.hosts.size(); ++host) {
    hosts.push_back(core.hosts.name(host));
  }
  GuestLists answers = co_await list_guests(core.runtime, core.cluster, std::move(hosts));
  SeenAgain now;
  for (auto& guests : answers) {
    now.complete = now.complete && guests->has_value();
    if (*guests) {
      std::move((*guests)->begin(), (*guests)->end(), std::back_inserter(now.guests));
    }
  }
  now.clusters = co_await guard.look();
  compare_conditions(conditions, core.input, now);
  std::move(left_behind.begin(), left_behind.end(), std::back_inserter(conditions));
  core.journal.conditions(std::move(conditions));
  core.mark_dirty();
  co_return Unit{};
}

} // namespace migstorm::campaign
