#include "harness/campaign/mover.hpp"
#include "harness/campaign/qualify.hpp"

namespace migstorm::campaign {

void Mover::conclude(const Flight& flight, const Leg& leg, const Carried& carried) {
  if (core_.broken) {
    release(flight, false); // nothing more can be written: a resume finds it as intended
    return;
  }
  const bool refused = !carried.asked || carried.ending == Ending::not_accepted;
  if (refused) {
    core_.attribution.withdrawn(flight.guest);
    if (carried.retry.reaction == Reaction::try_again) {
      try_again(flight, leg, carried);
      return;
    }
    not_completed(flight, leg, StepState::failed, carried);
    if (carried.retry.reaction == Reaction::end_run) {
      core_.fail(Error(carried.code, carried.error).within(flight.move.from));
    }
    return;
  }
  core_.attribution.ended(flight.guest, core_.runtime.now());
  if (carried.ending == Ending::completed) {
    completed(flight, leg);
  } else {
    const bool failed = carried.ending == Ending::failed;
    not_completed(flight, leg, failed ? StepState::failed : StepState::unknown, carried);
  }
}

void Mover::skip_rest(std::uint32_t index, const std::string& reason) {
  GuestState& guest = core_.guests[index];
  for (; !guest.done(); ++guest.cursor) {
    Outcome outcome;
    outcome.step = guest.steps[guest.cursor];
    outcome.attempt = guest.attempt;
    outcome.state = StepState::skipped;
    outcome.at = core_.runtime.now();
    outcome.unqualified_reason = reason;
    core_.journal.outcome(std::move(outcome));
    core_.mark_dirty();
    ++core_.progress.skipped;
    guest.attempt = 1;
  }
}

void Mover::completed(const Flight& flight, const Leg& leg) {
  const Instant now = core_.runtime.now();
  Exposure exposure;
  exposure.moved = true;
  exposure.detectors_alive =
      leg.watched && core_.detectors->alive_since(flight.guest, flight.from, flight.to, leg.began, now);
  exposure.growth = core_.growth.take(flight.guest);

  Outcome outcome;
  outcome.state = StepState::completed;
  outcome.ended_on = flight.move.to;
  outcome.grown = exposure.growth;
  outcome.unqualified_reason = std::string(unqualified_reason(core_.input.scenario.qualify, exposure));
  outcome.qualified = outcome.unqualified_reason.empty();
  ++core_.progress.completed;
  if (outcome.qualified) {
    ++core_.progress.qualified;
  } else {
    ++core_.progress.unqualified[outcome.unqualified_reason];
  }
  core_.breaker.move_completed();
  core_.health.move_completed(flight.from);
  core_.health.move_completed(flight.to);
  place(flight, Ending::completed);
  write(flight, leg, std::move(outcome));
  release(flight, false);
}

void Mover::not_completed(const Flight& flight, const Leg& leg, StepState state, const Carried& carried) {
  const Instant now = core_.runtime.now();
  Outcome outcome;
  outcome.state = state;
  outcome.unqualified_reason = "not-moved";
  outcome.error = carried.error;
  const bool unknown = state == StepState::unknown;
  if (unknown) {
    ++core_.progress.unknown;
    if (outcome.error.empty()) {
      outcome.error = carried.ending == Ending::abandoned ? "abandoned by the operator"
                                                          : "neither host could tell where the guest is";
    }
    core_.guests[flight.guest].doubt = Doubt{flight.from, flight.to, now, true, false, false};
  } else {
    ++core_.progress.failed;
    outcome.ended_on = flight.move.from;
    core_.breaker.move_failed(core_.guests[flight.guest].name, now);
    for (const HostId host : {flight.from, flight.to}) {
      core_.host_changed(host, core_.health.move_failed(host, now), "moves failed in a row");
    }
  }
  place(flight, unknown ? Ending::unknown : Ending::failed);
  write(flight, leg, std::move(outcome));
  release(flight, unknown);
}

void Mover::try_again(const Flight& flight, const Leg& leg, const Carried& carried) {
  GuestState& guest = core_.guests[flight.guest];
  const Instant now = core_.runtime.now();
  core_.journal.refused(Refusal{leg.step, leg.attempt, now, carried.error});
  core_.mark_dirty();
  ++core_.progress.refused;
  guest.attempt = leg.attempt + 1;
  guest.contested = guest.contested || carried.code == Errc::busy || carried.code == Errc::remote_fault;
  guest.not_before = now + carried.retry.pause;
  if (carried.code == Errc::transport) {
    core_.host_changed(flight.from, core_.health.unanswered(flight.from, now), carried.error);
  }
  if (carried.code == Errc::not_found) {
    guest.placed = false; // it is somewhere else: the next summaries tell
  }
  release(flight, false);
}

void Mover::write(const Flight& flight, const Leg& leg, Outcome outcome) {
  outcome.step = leg.step;
  outcome.attempt = leg.attempt;
  outcome.at = core_.runtime.now();
  core_.journal.outcome(std::move(outcome));
  core_.mark_dirty();
  GuestState& guest = core_.guests[flight.guest];
  ++guest.cursor;
  guest.attempt = 1;
  guest.contested = false;
}

} // namespace migstorm::campaign
