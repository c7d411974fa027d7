#include "harness/campaign/mover.hpp"

#include "harness/scenario/glob.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {
namespace {

constexpr std::size_t kKnownJobs = 8;

} // namespace

hyperv::Move Mover::move_of(std::uint32_t guest, HostId to) const {
  const GuestState& state = core_.guests[guest];
  hyperv::Move move;
  move.guest = state.id;
  move.group = state.group;
  move.from = core_.hosts.name(state.host);
  move.to = core_.hosts.name(to);
  // A clustered guest is moved by its cluster and no other way.
  move.via = state.group ? hyperv::Via::cluster : hyperv::Via::wmi;
  return move;
}

void Mover::occupy(std::uint32_t guest, HostId from, HostId to) {
  core_.gate.enter(from, to);
  core_.guests[guest].moving = true;
  core_.guests[guest].bound_for = to;
  if (core_.watch) {
    core_.watch->move_began(guest, core_.runtime.now(), core_.hosts.name(to));
  }
}

void Mover::release(const Flight& flight, bool keep_slots) {
  GuestState& guest = core_.guests[flight.guest];
  guest.moving = false;
  guest.rested_since = core_.runtime.now();
  guest.settled = core_.summaries.mark();
  if (!keep_slots) {
    core_.gate.leave(flight.from, flight.to);
  }
  if (flight.ticket && !flight.ticket->job.empty()) {
    guest.known_jobs.push_back(flight.ticket->job);
    if (guest.known_jobs.size() > kKnownJobs) {
      guest.known_jobs.pop_front();
    }
  }
  core_.watch->move_ended(flight.guest, core_.runtime.now());
  core_.refresh_progress();
  core_.changed.notify_all();
}

Task<Carried> Mover::follow(Flight& flight, std::uint32_t attempt) {
  flight.followed = core_.runtime.now();
  Carried carried;
  carried.ending = co_await core_.follower.follow(flight);
  carried.error = flight.error;
  if (carried.ending == Ending::not_accepted) {
    carried.retry = retry_unaccepted(attempt);
    carried.error = "the answer was lost and nothing was started";
  }
  core_.follower.dismiss(flight);
  co_return carried;
}

Task<Carried> Mover::ask_and_follow(Flight& flight, std::uint32_t attempt) {
  core_.follower.enlist(flight);
  Result<hyperv::MoveTicket> ticket = co_await core_.cluster.start_move(flight.move);
  if (ticket) {
    flight.told = flight.accepted = true;
    const bool at_once = ticket->via == hyperv::Via::wmi && ticket->job.empty();
    flight.job = at_once ? JobView::succeeded : JobView::running;
    flight.ticket = *std::move(ticket);
    core_.write_ticket(flight);
  } else {
    Carried refused;
    refused.asked = false;
    refused.code = ticket.error().code;
    refused.retry = retry_after(refused.code, attempt);
    refused.error = fmt::format("{}: {}", to_string(refused.code), ticket.error().detail);
    if (refused.retry.reaction != Reaction::follow) {
      core_.follower.dismiss(flight);
      co_return refused;
    }
    flight.error = refused.error;
  }
  co_return co_await follow(flight, attempt);
}

Task<Unit> Mover::attempt(std::uint32_t guest, HostId to) {
  GuestState& state = core_.guests[guest];
  const Leg leg{state.steps[state.cursor], state.attempt, core_.runtime.now(), true};
  Flight flight(core_.runtime, guest, move_of(guest, to), state.host, to);
  flight.step = leg.step;
  flight.attempt = leg.attempt;
  flight.contested = state.contested;
  const Step& planned = core_.steps[leg.step];
  if (!equal_without_case(planned.from, flight.move.from) ||
      !equal_without_case(planned.to, flight.move.to)) {
    core_.note("retargeted", state.name,
               fmt::format("step {}: {} to {} instead of {} to {}", leg.step, flight.move.from,
                           flight.move.to, planned.from, planned.to));
  }
  core_.journal.intend(Intent{leg.step, leg.attempt, flight.move, leg.began});
  if (leg.attempt == 1) {
    ++core_.progress.attempted;
  }
  if (!co_await core_.commit()) {
    release(flight, false);
    co_return Unit{};
  }
  if (core_.stop.level() == Stop::Level::abandon || !core_.may_begin()) {
    Carried stopped;
    stopped.error = "held back before it was asked";
    stopped.retry = {Reaction::try_again, {}};
    try_again(flight, leg, stopped);
    co_return Unit{};
  }
  core_.attribution.began(guest, leg.step, core_.runtime.now());
  const Carried carried = co_await ask_and_follow(flight, leg.attempt);
  conclude(flight, leg, carried);
  co_return Unit{};
}

Task<Unit> Mover::reattach(std::uint32_t guest, StepRecord record) {
  const Leg leg{record.step.index, record.attempts, record.intent->at, false};
  const hyperv::Move& move = record.intent->move;
  const HostId from = core_.hosts.find(move.from).value_or(core_.guests[guest].home);
  const HostId to = core_.hosts.find(move.to).value_or(core_.guests[guest].home);
  Flight flight(core_.runtime, guest, move, from, to);
  flight.step = leg.step;
  flight.attempt = leg.attempt;
  flight.told = flight.accepted = record.ticket.has_value();
  flight.job = flight.accepted ? JobView::running : JobView::none;
  if (record.ticket) {
    flight.ticket = record.ticket->ticket;
  }
  core_.attribution.began(guest, leg.step, leg.began);
  core_.follower.enlist(flight);
  const Carried carried = co_await follow(flight, leg.attempt);
  conclude(flight, leg, carried);
  co_return Unit{};
}

Task<Carried> Mover::carry_home(std::uint32_t guest, std::uint32_t attempt) {
  GuestState& state = core_.guests[guest];
  Flight flight(core_.runtime, guest, move_of(guest, state.home), state.host, state.home);
  core_.note("restore", state.name, fmt::format("from {} to {}", flight.move.from, flight.move.to));
  Carried carried;
  if (co_await core_.commit()) {
    Carried asked = co_await ask_and_follow(flight, attempt);
    carried = std::move(asked);
  }
  place(flight, carried.asked ? carried.ending : Ending::failed);
  release(flight, false);
  co_return carried;
}

void Mover::place(const Flight& flight, Ending ending) {
  GuestState& guest = core_.guests[flight.guest];
  if (ending == Ending::completed) {
    guest.host = flight.to;
    guest.placed = true;
  } else if (ending == Ending::failed || ending == Ending::not_accepted) {
    guest.host = flight.from;
  } else {
    guest.placed = false;
  }
}

} // namespace migstorm::campaign
