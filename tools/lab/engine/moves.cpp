// One move, from acceptance to its end. Everything that will become of it is drawn when it is accepted.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace migstorm::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint32_t kTimedOut = 0x800705b4;
constexpr std::uint32_t kConnectionReset = 0x80072746;
// Refused and reset connections, time-out, no resources, no memory, unspecified.
constexpr std::array<std::uint32_t, 6> kFailures = {0x8007274d, kConnectionReset, kTimedOut,
                                                    0x800705aa, 0x8007000e,       0x80004005};
constexpr Span kLongBlackout = seconds(30);

std::string seconds_text(Span span) {
  return fmt::format("{:.1f}", std::chrono::duration<double>(span).count());
}

Span share(Span span, double of) {
  return Span(static_cast<std::int64_t>(static_cast<double>(span.count()) * of));
}

std::string_view word_for(MoveEnd end) {
  switch (end) {
  case MoveEnd::landed:
    return "landed";
  case MoveEnd::failed:
    return "failed";
  case MoveEnd::cancelled:
    return "cancelled";
  case MoveEnd::open:
    break;
  }
  return "open";
}

} // namespace

Instant World::switch_at(const Move& move) const { return *move.started + move.duration - move.tail; }

MovePhase World::phase_of(const Move& move) const {
  if (move.end != MoveEnd::open) {
    return MovePhase::ended;
  }
  if (!move.started) {
    return MovePhase::queued;
  }
  if (move.switched) {
    return MovePhase::finishing;
  }
  if (now < *move.started + std::min<Span>(seconds(1), move.duration / 10)) {
    return MovePhase::starting;
  }
  const bool blackout = move.hresult == 0 && now >= switch_at(move) - move.blackout;
  return blackout ? MovePhase::blackout : MovePhase::transferring;
}

Move& World::accept(GuestIndex guest, HostIndex to, MoveVia via, bool foreign, std::uint16_t type) {
  assert(guest_inside[guest].move == 0);
  const std::uint64_t number = ledger_moves.size() + 1;
  Move& move = open_moves[number];
  move.number = number;
  move.guest = guest;
  move.from = guests[guest].host;
  move.to = to;
  move.via = via;
  move.foreign = foreign;
  move.migration_type = type;
  move.asked = now;
  draw_schedule(move);
  guest_inside[guest].move = number;
  ledger_moves.push_back(
      {number, guests[guest].id, hosts[move.from].name, hosts[to].name, now, {}, false, foreign});
  note({"move", std::to_string(number), guests[guest].id, hosts[move.from].name, hosts[to].name});
  return move;
}

void World::draw_schedule(Move& move) {
  move.duration = draw(moves_random_, config.moves.duration);
  move.blackout = draw(moves_random_, config.moves.blackout);
  const double tail = moves_random_.unit();
  draw_move_fault(move);
  if (const std::uint32_t hindrance = hindrance_of(move); hindrance != 0) {
    move.hresult = hindrance;
  }
  if (move.hresult != 0) {
    move.blackout = Span{};
    return;
  }
  move.tail = std::min<Span>(seconds(1), share(move.duration, 0.1 * tail));
  move.blackout = std::min(move.blackout, share(move.duration, 0.8));
}

void World::draw_move_fault(Move& move) {
  Random& random = faults.random();
  if (faults.fires(Fault::failed_move)) {
    move.hresult = kFailures[random.below(kFailures.size())];
    move.duration = share(move.duration, 0.1 + 0.8 * random.unit());
  } else if (faults.fires(Fault::stuck_job)) { // until somebody cancels it, or the host gives up
    move.hresult = kTimedOut;
    move.duration = draw(random, {minutes(30), minutes(60)});
    move.delayed = true;
  } else if (faults.fires(Fault::slow_job)) {
    move.duration = std::max<Span>(move.duration, milliseconds(500)) * random.between(4, 20);
    move.delayed = true;
  } else if (faults.fires(Fault::lying_job)) {
    move.job_lies = true;
  }
}

void World::begin(Move& move) {
  move.started = now;
  const Guest& guest = guests[move.guest];
  for (const HostIndex host : {move.from, move.to}) {
    HostInside& inside = host_inside[host];
    inside.foreign += move.foreign ? 1 : 0;
    if (++inside.active > limit_of(host)) {
      violate(fmt::format("host {} ran {} moves, limit {}", hosts[host].name, inside.active, limit_of(host)));
    }
  }
  log_host(move.from, Event::move_started, {guest.name, guest.id, hosts[move.to].name});
  if (move.hresult == 0) {
    agenda_.plan(switch_at(move), DueKind::move_switch, move.number);
  }
  agenda_.plan(now + move.duration, DueKind::move_end, move.number);
}

void World::put_on(GuestIndex guest, HostIndex host) {
  auto& before = host_inside[guests[guest].host].guests;
  auto& after = host_inside[host].guests;
  if (const auto place = std::lower_bound(before.begin(), before.end(), guest);
      place != before.end() && *place == guest) {
    before.erase(place);
  }
  const auto place = std::lower_bound(after.begin(), after.end(), guest);
  if (place != after.end() && *place == guest) {
    violate(fmt::format("guest {} was on {} twice", guests[guest].name, hosts[host].name));
    return;
  }
  after.insert(place, guest);
  guests[guest].host = host;
}

void World::switch_over(std::uint64_t number) {
  const auto found = open_moves.find(number);
  if (found == open_moves.end()) { // cancelled, or a host died
    return;
  }
  Move& move = found->second;
  Guest& guest = guests[move.guest];
  if (guest.host != move.from) {
    violate(fmt::format("guest {} left {} but was on {}", guest.name, hosts[move.from].name,
                        hosts[guest.host].name));
  }
  move.switched = true;
  put_on(move.guest, move.to);
  guest.configuration = landed_configuration(hosts[move.to].release, guest.configuration);
  // Its replica expects it from the host that it was set up for; a cluster has a broker between them.
  guest.hardware.replication_lost |= guest.hardware.replication == Replication::primary && !guest.clustered;
  guest.worker_process = host_inside[move.to].last_process += 4;
  ledger_moves[number - 1].landed = true;
  if (faults.fires(Fault::heartbeat_flap)) {
    guest.flaps_until = now + draw(faults.random(), {seconds(5), seconds(30)});
  }
  if (load_alive(move.guest) && faults.fires(Fault::stopped_load)) {
    stop_load(move.guest);
    agenda_.plan(now + draw(faults.random(), {minutes(10), minutes(40)}), DueKind::load_start, move.guest,
                 guest_inside[move.guest].life);
  }
  if (guest.integration_services != facts_of(hosts[move.to].release).integration_services &&
      guest.release < Release::w2016) {
    const bool newer = hosts[move.to].release >= Release::w2016;
    log_host(move.to, newer ? Event::components_differ_2016 : Event::components_differ,
             {guest.name, guest.id, guest.integration_services,
              std::string(facts_of(hosts[move.to].release).integration_services)});
  }
  draw_crash(move);
}

void World::end_due(std::uint64_t number) {
  const auto found = open_moves.find(number);
  if (found == open_moves.end()) {
    return;
  }
  Move& move = found->second;
  if (move.switched) {
    finish(move, MoveEnd::landed, move.job_lies ? JobStatus::exception : JobStatus::completed);
  } else {
    finish(move, MoveEnd::failed, JobStatus::exception);
  }
}

// What the hosts' logs say of the end.
void World::write_end(const Move& move, std::uint32_t hresult) {
  const Guest& guest = guests[move.guest];
  if (move.end == MoveEnd::cancelled) {
    return log_host(move.from, Event::move_cancelled, {guest.name, guest.id, hosts[move.to].name});
  }
  if (hresult == 0) {
    const Event event = move.blackout > kLongBlackout ? Event::move_long_blackout : Event::move_completed;
    log_host(move.from, event, {guest.name, guest.id, seconds_text(move.blackout)});
    return log_host(move.to, event, {guest.name, guest.id, seconds_text(move.blackout)});
  }
  log_host(move.from, Event::move_failed_source, {guest.name, guest.id, hex_text(hresult)});
  log_host(move.from, Event::move_failed, {guest.name, guest.id, hex_text(hresult)});
  if (move.via == MoveVia::cluster) {
    log_host(move.from, Event::role_move_failed, {guest.name, guest.id});
    log_host(move.from, Event::role_move_failed_why, {guest.name, guest.id, hex_text(hresult)});
  }
}

// The move is gone afterwards; what is remembered of it are its job, the logs and the ledger.
void World::finish(Move& move, MoveEnd end, JobStatus job_state) {
  move.end = end;
  move.ended = now;
  std::uint32_t hresult = 0;
  if (end == MoveEnd::failed || (end == MoveEnd::landed && job_state == JobStatus::exception)) {
    hresult = move.hresult != 0 ? move.hresult : kTimedOut;
  }
  if (move.started) {
    for (const HostIndex host : {move.from, move.to}) {
      --host_inside[host].active;
      host_inside[host].foreign -= move.foreign ? 1 : 0;
    }
  }
  guest_inside[move.guest].move = 0;
  if (move.via == MoveVia::cluster) {
    guests[move.guest].last_failure = hresult;
  } else {
    end_job(move, job_state, hresult);
  }
  write_end(move, hresult);
  LedgerMove& record = ledger_moves[move.number - 1];
  record.ended = std::max<Instant>(now, Span(1)); // zero is for those under way
  note({"end", std::to_string(move.number), std::string(word_for(end)), hosts[guests[move.guest].host].name,
        hex_text(hresult)});
  std::erase(queue_, move.number);
  open_moves.erase(move.number);
  start_queued();
}

void World::start_queued() {
  for (std::size_t i = 0; i < queue_.size();) {
    Move& move = open_moves.at(queue_[i]);
    if (full_host(move.from, move.to) || !hosts[move.from].up || !hosts[move.to].up) {
      ++i;
      continue;
    }
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(i));
    begin(move);
  }
}

void World::end_moves_of_dead(HostIndex host) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, move] : open_moves) {
    if (move.from == host || move.to == host) {
      numbers.push_back(number);
    }
  }
  for (const std::uint64_t number : numbers) {
    Move& move = open_moves.at(number);
    move.hresult = move.switched ? 0 : kConnectionReset;
    finish(move, move.switched ? MoveEnd::landed : MoveEnd::failed,
           move.switched && move.to != host ? JobStatus::completed : JobStatus::exception);
  }
}

} // namespace migstorm::lab
