#include "harness/campaign/follower.hpp"

#include "harness/scenario/glob.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Span kInstantLook = milliseconds(1); // for moves that take no time
constexpr Span kAcceptanceGrace = seconds(15); // by then an accepted move shows a job or a migrating guest
constexpr Span kNoNews = seconds(30);          // after so long without news the placement is asked
constexpr Span kSettlePatience = std::chrono::minutes(3); // for hosts that are away when a move ends

constexpr Span kLeastMove = seconds(1); // none is through sooner

constexpr const char* kContested =
    "the answer was lost, and somebody else's move of it was under way: either may have brought it there";
constexpr const char* kDrained =
    "its source was drained meanwhile: that, and not our move, may have brought it there";
constexpr const char* kTooSoon = "the answer was lost, and it was there too soon for a move of ours";
constexpr const char* kElsewhere = "it was seen on a third host meanwhile: somebody moved it";
constexpr const char* kMovedBack =
    "it runs on its source, and nobody knows of a failure: somebody may have moved it back";
constexpr const char* kHandedOver =
    "it runs on its source, but the destination had owned it: somebody may have moved it back";
constexpr const char* kStartedAnew = "the guest was started anew while one of the two hosts was away";

// The cluster names the next owner of a guest that has not left yet.
bool owner_is_ahead(const Evidence& evidence) {
  const bool on_source = evidence.source == Sight::running || evidence.source == Sight::migrating;
  return on_source && evidence.destination == Sight::absent;
}

} // namespace

Follower::Follower(FollowerParts parts, const LabFile& lab, Span timeout)
    : parts_(parts), tick_(std::max<Span>(lab.polling.jobs, milliseconds(1))), timeout_(timeout),
      asking_jobs_(parts.hosts.size()), asking_groups_(parts.hosts.size()), scope_(parts.runtime),
      work_(parts.runtime) {}

void Follower::enlist(Flight& flight) {
  flight.mark = parts_.summaries.mark();
  flight.asked = parts_.runtime.now();
  flights_.push_back(&flight);
  work_.notify_all();
}

void Follower::dismiss(Flight& flight) { flights_.remove(&flight); }

void Follower::wake_all() {
  for (Flight* flight : flights_) {
    flight->changed.notify_all();
  }
}

void Follower::close() {
  closed_ = true;
  work_.notify_all();
}

Instant Follower::first_look(const Flight& flight) const {
  if (flight.job == JobView::succeeded || !flight.accepted) {
    return flight.followed;
  }
  const bool instant = times_.instant(tick_);
  return flight.followed + (instant ? std::max(kInstantLook, times_.quiet()) : times_.quiet() + kNoNews);
}

Instant Follower::next_look_after(const Flight& flight) const {
  const Instant now = parts_.runtime.now();
  if (over(flight.job)) {
    return now + std::max<Span>(tick_, seconds(1));
  }
  const Instant grace_end = flight.followed + kAcceptanceGrace + start_delay(flight);
  return !flight.accepted && now < grace_end ? grace_end : now + kNoNews;
}

Task<Ending> Follower::follow(Flight& flight) {
  flight.answered = true;
  flight.news = flight.followed + times_.quiet();
  flight.polls = polls_;
  Vigil vigil;
  vigil.deadline = flight.followed + timeout_;
  vigil.next_look = first_look(flight);
  for (;;) {
    if (const auto ending = ended(flight, vigil)) {
      co_return *ending;
    }
    const Instant now = parts_.runtime.now();
    if (std::exchange(flight.look_now, false) || now >= vigil.next_look) {
      const std::optional<Ending> told = co_await settle(flight, vigil);
      if (told) {
        co_return *told;
      }
    } else if (now >= vigil.deadline) {
      co_await cancel(flight, vigil);
    } else {
      const Instant wake = std::min(vigil.next_look, std::min(vigil.patience, vigil.deadline));
      co_await flight.changed.wait_until(wake);
    }
  }
}

std::optional<Ending> Follower::ended(const Flight& flight, const Vigil& vigil) {
  const Instant now = parts_.runtime.now();
  if (flight.arrived) {
    times_.completed(now - flight.followed);
    return Ending::completed;
  }
  if (flight.untold) {
    return Ending::unknown;
  }
  if (parts_.stop.level() == Stop::Level::abandon || parts_.broken) {
    return Ending::abandoned;
  }
  const bool look_due = flight.look_now || now >= vigil.next_look; // the last look comes before giving up
  return now >= vigil.patience && !look_due ? std::optional(Ending::unknown) : std::nullopt;
}

Task<std::optional<Ending>> Follower::settle(Flight& flight, Vigil& vigil) {
  const bool no_news = parts_.runtime.now() - flight.news >= kNoNews;
  const bool both =
      over(flight.job) || !flight.accepted || vigil.cancelled || no_news || flight.handed_over.has_value();
  flight.looking = true;
  Ruling ruling = co_await look(flight, both);
  flight.looking = false;
  if (ruling == Ruling::failed) {
    const bool sure = co_await failed_for_sure(flight);
    ruling = sure ? ruling : Ruling::untold;
  }
  std::optional<Ending> told;
  if (ruling == Ruling::failed) {
    told = Ending::failed;
  } else if (ruling == Ruling::not_accepted) {
    told = Ending::not_accepted;
  } else if (ruling == Ruling::untold) {
    mark_untold(flight, kStartedAnew);
  }
  if (ruling == Ruling::completed) {
    if (!flight.told && flight.move.via == hyperv::Via::cluster) {
      co_await look_for_drain(flight);
    }
    arrive(flight);
  }
  vigil.next_look = next_look_after(flight);
  if (over(flight.job)) {
    vigil.patience = std::min(vigil.patience, parts_.runtime.now() + kSettlePatience);
  }
  co_return told;
}

// Asked once; whatever comes of it, the placement tells.
Task<Unit> Follower::cancel(Flight& flight, Vigil& vigil) {
  vigil.cancelled = true;
  vigil.deadline = Instant::max();
  vigil.patience = std::min(vigil.patience, parts_.runtime.now() + kSettlePatience);
  if (flight.ticket) {
    const Status asked = co_await parts_.cluster.cancel_move(*flight.ticket);
    flight.ended_by_us = asked.has_value();
  }
  vigil.next_look = parts_.runtime.now();
  co_return Unit{};
}

// Asks the likelier end first, the other one only where that is not enough.
Task<Ruling> Follower::look(Flight& flight, bool both) {
  Evidence evidence;
  Instant source_asked{};
  const bool source_first = flight.job == JobView::failed;
  for (int turn = 0; turn < 2; ++turn) {
    const bool source = source_first == (turn == 0);
    const HostId host = source ? flight.from : flight.to;
    const HostWatch::Answer answer = co_await parts_.summaries.fresh(host);
    (source ? evidence.source : evidence.destination) =
        answer ? sight_of(**answer, flight.move.guest) : Sight::unreachable;
    source_asked = source && answer ? (*answer)->asked : source_asked;
    evidence.handed_over = flight.handed_over.has_value();
    evidence.restarted = evidence.restarted || (answer && started_anew(flight, **answer));
    evidence.job = flight.job;
    evidence.accepted = flight.accepted;
    evidence.grace_over = parts_.runtime.now() - flight.followed >= kAcceptanceGrace + start_delay(flight);
    const Ruling ruling = rule(evidence);
    if (ruling != Ruling::open || !both) {
      co_return ruling;
    }
  }
  if (!flight.accepted && (evidence.source == Sight::migrating || evidence.destination == Sight::migrating)) {
    flight.accepted = true; // it is under way, whatever became of the answer
    set_job(flight, JobView::running);
  }
  if (source_asked >= flight.handed_over && owner_is_ahead(evidence)) {
    flight.handed_over.reset();
  }
  co_return Ruling::open;
}

// How long a move that was accepted may leave everything as it was.
Span Follower::start_delay(const Flight& flight) const {
  const bool scheduled = flight.move.via == hyperv::Via::cluster &&
                         parts_.hosts.facts(flight.from).cluster_route == hyperv::ClusterRoute::scheduled_job;
  return scheduled ? hyperv::kMoveJobDelayMax : Span{};
}

// A crash of the guest starts it anew as well, but then no host is away.
bool Follower::started_anew(const Flight& flight, const hyperv::HostSummary& summary) const {
  const bool away = parts_.health.sick(flight.from) || parts_.health.sick(flight.to);
  return away && flight.answered && started_since(summary, flight.move.guest, flight.followed);
}

void Follower::mark_untold(Flight& flight, std::string why) const {
  if (!flight.untold) {
    flight.untold = true;
    flight.error = std::move(why);
  }
}

// Where the host never said that it took our request, somebody else may have brought the guest there.
void Follower::arrive(Flight& flight) const {
  const bool job_of_ours = flight.job == JobView::succeeded && flight.ticket && !flight.ticket->job.empty();
  if (!flight.told && flight.contested) {
    mark_untold(flight, kContested);
  } else if (flight.drained && !(flight.told && job_of_ours)) {
    mark_untold(flight, kDrained);
  } else if (!flight.accepted && parts_.runtime.now() - flight.asked < kLeastMove && !times_.instant(tick_)) {
    mark_untold(flight, kTooSoon);
  } else {
    flight.arrived = true;
  }
}

// What the guard knows of the nodes is some seconds old.
Task<Unit> Follower::look_for_drain(Flight& flight) {
  const Result<hyperv::ClusterState> state =
      co_await parts_.cluster.cluster_state(parts_.hosts.name(flight.to));
  const std::string& source = parts_.hosts.name(flight.from);
  const bool open =
      state && std::any_of(state->nodes.begin(), state->nodes.end(), [&](const hyperv::Node& node) {
        return equal_without_case(node.name, source) && node.state == hyperv::NodeState::up;
      });
  flight.drained = flight.drained || !open;
  co_return Unit{};
}

void Follower::node_closed(HostId host) {
  for (Flight* flight : flights_) {
    flight->drained = flight->drained || flight->from == host;
  }
}

// A guest on its source may have arrived and been moved back by somebody: then the job or the cluster knows
// of no failure, or the destination has owned it, and the failure that the cluster knows may be the other
// move's.
Task<bool> Follower::failed_for_sure(Flight& flight) {
  if (flight.handed_over) {
    mark_untold(flight, kHandedOver);
    co_return false;
  }
  bool failure_known = flight.job != JobView::succeeded;
  if (failure_known && flight.move.via == hyperv::Via::cluster && flight.accepted && !flight.ended_by_us) {
    std::string group = flight.move.group.value_or(std::string());
    const hyperv::HostName node = parts_.hosts.name(node_to_ask(flight));
    const Result<std::uint32_t> reason = co_await parts_.cluster.move_failure(node, std::move(group));
    failure_known = reason && *reason != 0;
  }
  if (!failure_known) {
    mark_untold(flight, kMovedBack);
  }
  co_return failure_known;
}

// Then somebody else moved it, and may yet put it on the destination or back.
bool Follower::is_on_third_host(const Flight& flight, HostId host, const hyperv::HostSummary& summary,
                                SummaryNumber number) {
  return flight.answered && host != flight.to && host != flight.from && number > flight.mark &&
         !flight.arrived && sight_of(summary, flight.move.guest) == Sight::running;
}

void Follower::observe(HostId host, const hyperv::HostSummary& summary, SummaryNumber number) {
  for (Flight* flight : flights_) {
    if (is_on_third_host(*flight, host, summary, number)) {
      mark_untold(*flight, kElsewhere);
      flight->changed.notify_all();
    }
    if (flight->to == host && number > flight->mark && !flight->arrived &&
        sight_of(summary, flight->move.guest) == Sight::running) {
      if (started_anew(*flight, summary)) {
        mark_untold(*flight, kStartedAnew);
      } else if (flight->told) {
        arrive(*flight);
      } else {
        flight->look_now = !flight->looking;
      }
      flight->changed.notify_all();
    }
  }
}

void Follower::set_job(Flight& flight, JobView view) {
  const bool ended = over(view) && !over(flight.job);
  flight.job = view;
  flight.news = parts_.runtime.now();
  if (ended) {
    flight.look_now = true;
    flight.changed.notify_all();
  }
}

} // namespace migstorm::campaign
