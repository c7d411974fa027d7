#include "harness/campaign/follower.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Span kInstantLook = milliseconds(1); // for moves that take no time
constexpr Span kAcceptanceGrace = seconds(15); // by then an accepted move shows a job or a migrating guest
constexpr Span kNoNews = seconds(30);          // after so long without news the placement is asked
constexpr Span kSettlePatience = std::chrono::minutes(3); // for hosts that are away when a move ends

} // namespace

Follower::Follower(FollowerParts parts, const LabFile& lab, Span timeout)
    : parts_(parts), tick_(std::max<Span>(lab.polling.jobs, milliseconds(1))), timeout_(timeout),
      asking_jobs_(parts.hosts.size()), asking_groups_(parts.hosts.size()), scope_(parts.runtime),
      work_(parts.runtime) {}

void Follower::enlist(Flight& flight) {
  flight.mark = parts_.summaries.mark();
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
  return flight.followed + (times_.instant() ? kInstantLook : times_.quiet() + kNoNews);
}

Instant Follower::next_look_after(const Flight& flight) const {
  const Instant now = parts_.runtime.now();
  if (over(flight.job)) {
    return now + std::max<Span>(tick_, seconds(1));
  }
  const Instant grace_end = flight.followed + kAcceptanceGrace;
  return !flight.accepted && now < grace_end ? grace_end : now + kNoNews;
}

Task<Ending> Follower::follow(Flight& flight) {
  Runtime& runtime = parts_.runtime;
  flight.answered = true;
  flight.news = flight.followed + times_.quiet();
  flight.polls = polls_;
  const Instant deadline = flight.followed + timeout_;
  Instant next_look = first_look(flight);
  Instant patience = Instant::max();
  bool cancelled = false;
  for (;;) {
    if (flight.arrived) {
      times_.completed(runtime.now() - flight.followed);
      co_return Ending::completed;
    }
    if (parts_.stop.level() == Stop::Level::abandon || parts_.broken) {
      co_return Ending::abandoned;
    }
    if (std::exchange(flight.look_now, false) || runtime.now() >= next_look) {
      const bool both =
          over(flight.job) || !flight.accepted || cancelled || runtime.now() - flight.news >= kNoNews;
      const Ruling ruling = co_await look(flight, both);
      if (ruling == Ruling::failed || ruling == Ruling::not_accepted) {
        co_return ruling == Ruling::failed ? Ending::failed : Ending::not_accepted;
      }
      flight.arrived = flight.arrived || ruling == Ruling::completed;
      next_look = next_look_after(flight);
      if (over(flight.job)) {
        patience = std::min(patience, runtime.now() + kSettlePatience);
      }
      continue;
    }
    if (runtime.now() >= patience) {
      co_return Ending::unknown;
    }
    if (runtime.now() >= deadline && !cancelled) {
      cancelled = true;
      patience = std::min(patience, runtime.now() + kSettlePatience);
      if (flight.ticket) {
        // Asked once; whatever comes of it, the placement tells.
        [[maybe_unused]] const Status asked = co_await parts_.cluster.cancel_move(*flight.ticket);
      }
      next_look = runtime.now();
      continue;
    }
    const Instant wake = std::min(next_look, std::min(patience, cancelled ? Instant::max() : deadline));
    co_await flight.changed.wait_until(wake);
  }
}

// Asks the likelier end first, the other one only where that is not enough.
Task<Ruling> Follower::look(Flight& flight, bool both) {
  Evidence evidence;
  const bool source_first = flight.job == JobView::failed;
  for (int turn = 0; turn < 2; ++turn) {
    const bool source = source_first == (turn == 0);
    const HostId host = source ? flight.from : flight.to;
    const HostWatch::Answer answer = co_await parts_.summaries.fresh(host);
    (source ? evidence.source : evidence.destination) =
        answer ? sight_of(**answer, flight.move.guest) : Sight::unreachable;
    evidence.job = flight.job;
    evidence.accepted = flight.accepted;
    evidence.grace_over = parts_.runtime.now() - flight.followed >= kAcceptanceGrace;
    const Ruling ruling = rule(evidence);
    if (ruling != Ruling::open || !both) {
      co_return ruling;
    }
  }
  if (!flight.accepted && (evidence.source == Sight::migrating || evidence.destination == Sight::migrating)) {
    flight.accepted = true; // it is under way, whatever became of the answer
    set_job(flight, JobView::running);
  }
  co_return Ruling::open;
}

void Follower::observe(HostId host, const hyperv::HostSummary& summary, SummaryNumber number) {
  for (Flight* flight : flights_) {
    if (flight->to == host && number > flight->mark && !flight->arrived &&
        sight_of(summary, flight->move.guest) == Sight::running) {
      flight->arrived = true;
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
