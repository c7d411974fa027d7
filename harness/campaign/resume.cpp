#include "harness/campaign/resume.hpp"

#include "harness/scenario/glob.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

bool unfinished(const StepRecord& record) {
  return record.state == StepState::planned || record.state == StepState::intended;
}

void count(Progress& progress, const StepRecord& record) {
  progress.attempted += record.attempts > 0 ? 1U : 0U;
  switch (record.state) {
  case StepState::completed:
    ++progress.completed;
    break;
  case StepState::failed:
    ++progress.failed;
    break;
  case StepState::unknown:
    ++progress.unknown;
    break;
  case StepState::skipped:
    ++progress.skipped;
    break;
  case StepState::planned:
  case StepState::intended:
    return;
  }
  progress.written += record.outcome ? record.outcome->grown.value_or(0) : 0;
  if (!record.outcome || record.state != StepState::completed) {
    return;
  }
  if (record.outcome->qualified) {
    ++progress.qualified;
  } else {
    ++progress.unqualified[record.outcome->unqualified_reason];
  }
}

// What a step that ended before says of its guest; later steps of the guest overrule it.
void recall_place(Core& core, GuestState& guest, const StepRecord& record) {
  guest.doubt.reset();
  if (record.state == StepState::unknown && record.intent) {
    const HostId from = core.hosts.find(record.intent->move.from).value_or(guest.home);
    const HostId to = core.hosts.find(record.intent->move.to).value_or(guest.home);
    guest.doubt = Doubt{from, to, core.runtime.now(), true, false, false};
  }
  if (record.outcome && !record.outcome->ended_on.empty()) {
    guest.host = core.hosts.find(record.outcome->ended_on).value_or(guest.host);
  }
  if (record.ticket && !record.ticket->ticket.job.empty()) {
    guest.known_jobs.push_back(record.ticket->ticket.job);
    if (guest.known_jobs.size() > 8) {
      guest.known_jobs.pop_front();
    }
  }
}

} // namespace

Plan plan_of(LoadedRun& loaded) {
  Plan plan;
  plan.guests = loaded.guests;
  plan.steps.reserve(loaded.steps.size());
  for (StepRecord& record : loaded.steps) {
    plan.steps.push_back(record.step);
  }
  return plan;
}

void restore_state(Core& core, Mover& mover, LoadedRun& loaded) {
  for (const StepRecord& record : loaded.steps) {
    GuestState& guest = core.guests[record.step.guest];
    count(core.progress, record);
    if (unfinished(record)) {
      guest.steps.push_back(record.step.index);
      if (guest.steps.size() == 1) {
        guest.attempt = record.attempts + (record.state == StepState::planned ? 1U : 0U);
      }
    } else {
      recall_place(core, guest, record);
    }
    if (record.state == StepState::intended && record.intent) {
      const HostId from = core.hosts.find(record.intent->move.from).value_or(guest.home);
      const HostId to = core.hosts.find(record.intent->move.to).value_or(guest.home);
      guest.host = from;
      guest.doubt.reset();
      mover.occupy(record.step.guest, from, to);
    }
  }
  for (std::uint32_t i = 0; i < core.guests.size(); ++i) {
    if (const auto& doubt = core.guests[i].doubt) {
      core.gate.enter(doubt->from, doubt->to); // the move may still be under way
    }
  }
  core.growth.recall(core.progress.written);
  core.recall_crashes(loaded.crashes);
  core.settled_before = core.progress.settled();
}

void reattach_intended(Core& core, Dispatcher& dispatcher, LoadedRun& loaded) {
  for (StepRecord& record : loaded.steps) {
    if (record.state == StepState::intended && record.intent) {
      core.note("reattached", core.guests[record.step.guest].name,
                "step " + std::to_string(record.step.index));
      dispatcher.reattach(record.step.guest, std::move(record));
    }
  }
}

} // namespace migstorm::campaign
