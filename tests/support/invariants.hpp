// What must hold of every run, whatever went wrong in it: the journal is held against the ledger that the
// simulated cluster keeps of its own.
#pragma once

#include <migstorm/journal.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace migstorm::testing {

// One move as the cluster carried it out. Any type with these members will do (see fake_cluster.hpp).
// guest, from, to, started, ended, landed

template <class Entry>
std::vector<std::string> broken_invariants(const LoadedRun& run, const std::vector<Entry>& ledger,
                                           bool ended) {
  std::vector<std::string> broken;
  std::map<hyperv::GuestId, std::vector<const Entry*>> by_guest;
  for (const Entry& entry : ledger) {
    by_guest[entry.guest].push_back(&entry);
  }
  for (const auto& [guest, entries] : by_guest) {
    for (std::size_t i = 1; i < entries.size(); ++i) {
      if (entries[i]->started < entries[i - 1]->ended) {
        broken.push_back(guest + " is moved twice at once");
      }
    }
  }
  for (const StepRecord& record : run.steps) {
    const std::string name = "step " + std::to_string(record.step.index);
    const bool final_state = record.state != StepState::planned && record.state != StepState::intended;
    if (ended && !final_state) {
      broken.push_back(name + " has no outcome at the end");
    }
    if (final_state != record.outcome.has_value() ||
        (record.outcome && record.outcome->state != record.state)) {
      broken.push_back(name + " has a state and an outcome that differ");
      continue;
    }
    if (!record.outcome || !record.intent || record.state == StepState::unknown) {
      continue;
    }
    const auto& entries = by_guest[record.intent->move.guest];
    const auto landed = std::count_if(entries.begin(), entries.end(), [&](const Entry* entry) {
      return entry->landed && entry->started >= record.intent->at && entry->started <= record.outcome->at &&
             entry->to == record.intent->move.to;
    });
    if (record.state == StepState::completed && landed != 1) {
      broken.push_back(name + " is completed, and the cluster carried it out " + std::to_string(landed) +
                       " times");
    }
    if (record.state == StepState::failed && landed != 0) {
      broken.push_back(name + " is failed, and the cluster carried it out");
    }
    if (record.outcome->qualified && record.state != StepState::completed) {
      broken.push_back(name + " counts as exposure without having been completed");
    }
  }
  return broken;
}

} // namespace migstorm::testing
