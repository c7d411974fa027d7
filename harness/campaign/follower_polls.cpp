#include "harness/campaign/follower.hpp"
#include "harness/scenario/glob.hpp"

#include <algorithm>
#include <set>

namespace migstorm::campaign {
namespace {

// A group that was just told to move may be seen at rest once more before it starts.
constexpr std::uint32_t kRestsToBelieve = 2;
constexpr Span kRestGrace = std::chrono::seconds(3);
constexpr int kTicksUnasked = 5; // at most, however slow a job says it is

JobView view_of(const hyperv::Job& job) {
  if (!job.finished()) {
    return JobView::running;
  }
  return job.succeeded() ? JobView::succeeded : JobView::failed;
}

} // namespace

// Polls at multiples of the tick, so that hosts are asked together and what ends together settles together.
Task<Unit> Follower::poll() {
  Runtime& runtime = parts_.runtime;
  Instant next{};
  while (!closed_) {
    if (flights_.empty()) {
      co_await work_.wait();
      continue;
    }
    if (runtime.now() < next) {
      co_await work_.wait_until(next);
      continue;
    }
    if (next != Instant{}) {
      ask_due();
    }
    next = (runtime.now() / tick_ + 1) * tick_;
  }
  co_await scope_.join();
  co_return Unit{};
}

bool Follower::wants_poll(const Flight& flight) const {
  if (flight.arrived || over(flight.job) || !flight.answered) {
    return false;
  }
  const Instant quiet = std::max(flight.followed + times_.quiet(), flight.quiet_until);
  return !flight.accepted || parts_.runtime.now() >= quiet;
}

bool Follower::same_cluster(HostId a, HostId b) const {
  const auto& cluster = parts_.hosts.facts(a).cluster_name;
  return a == b || (cluster && cluster == parts_.hosts.facts(b).cluster_name);
}

// Any node answers for the whole cluster: the first that is well.
HostId Follower::node_to_ask(const Flight& flight) const {
  for (HostId host = 0; host < parts_.hosts.size(); ++host) {
    if (same_cluster(host, flight.from) && !parts_.health.sick(host)) {
      return host;
    }
  }
  return flight.from;
}

void Follower::ask_due() {
  std::set<HostId> jobs;
  std::set<HostId> groups;
  for (const Flight* flight : flights_) {
    if (!wants_poll(*flight)) {
      continue;
    }
    if (flight->move.via == hyperv::Via::cluster) {
      groups.insert(node_to_ask(*flight));
    } else {
      jobs.insert(flight->from);
    }
  }
  for (const HostId host : jobs) {
    if (std::exchange(asking_jobs_[host], 1) == 0) {
      scope_.spawn(poll_jobs(host));
    }
  }
  for (const HostId host : groups) {
    if (std::exchange(asking_groups_[host], 1) == 0) {
      scope_.spawn(poll_groups(host));
    }
  }
}

Task<Unit> Follower::poll_jobs(HostId host) {
  const std::uint64_t number = ++polls_;
  std::vector<std::string> wanted = jobs_at(host);
  const Result<std::vector<hyperv::Job>> jobs =
      co_await parts_.cluster.jobs(parts_.hosts.name(host), std::move(wanted));
  asking_jobs_[host] = 0;
  if (jobs) {
    apply_jobs(host, *jobs, number);
  } else {
    parts_.listener.on_unanswered(host, jobs.error());
  }
  co_return Unit{};
}

Task<Unit> Follower::poll_groups(HostId host) {
  const std::uint64_t number = ++polls_;
  const Result<std::vector<hyperv::Group>> groups = co_await parts_.cluster.groups(parts_.hosts.name(host));
  asking_groups_[host] = 0;
  if (groups) {
    apply_groups(host, *groups, number);
  } else {
    parts_.listener.on_unanswered(host, groups.error());
  }
  co_return Unit{};
}

// The jobs that are waited for there; none where one has to be found among all of them.
std::vector<std::string> Follower::jobs_at(HostId host) const {
  std::vector<std::string> ids;
  for (const Flight* flight : flights_) {
    if (flight->from != host || flight->move.via != hyperv::Via::wmi || over(flight->job)) {
      continue;
    }
    if (flight->answered && !flight->ticket) {
      return {};
    }
    if (flight->ticket && !flight->ticket->job.empty()) {
      ids.push_back(flight->ticket->job);
    }
  }
  return ids;
}

// A job that tells its progress is asked about again when it should be through, but not too much later.
Instant Follower::next_news(const Flight& flight, const hyperv::Job& job) const {
  const Instant now = parts_.runtime.now();
  if (job.percent == 0) {
    return now;
  }
  const Span left = (now - flight.followed) / job.percent * (100 - std::min<int>(job.percent, 100));
  return now + std::min(left, tick_ * kTicksUnasked);
}

void Follower::apply_jobs(HostId host, const std::vector<hyperv::Job>& jobs, std::uint64_t number) {
  for (Flight* flight : flights_) {
    const bool concerned = flight->from == host && flight->move.via == hyperv::Via::wmi;
    if (concerned && flight->answered && number > flight->polls && !over(flight->job)) {
      read_job(*flight, jobs);
    }
  }
}

void Follower::read_job(Flight& flight, const std::vector<hyperv::Job>& jobs) {
  const hyperv::Job* job = nullptr;
  if (flight.ticket) {
    const auto it = std::find_if(jobs.begin(), jobs.end(),
                                 [&](const hyperv::Job& each) { return each.id == flight.ticket->job; });
    if (it == jobs.end()) {
      set_job(flight, JobView::gone);
      return;
    }
    job = &*it;
  } else if ((job = find_lost_job(flight, jobs)) != nullptr) {
    flight.ticket = hyperv::MoveTicket{hyperv::Via::wmi, parts_.hosts.name(flight.from), job->id};
    flight.accepted = true;
    if (on_adopted) {
      on_adopted(flight);
    }
  } else {
    flight.news = parts_.runtime.now();
    return;
  }
  if (!job->error.empty()) {
    flight.error = job->error;
  }
  flight.quiet_until = next_news(flight, *job);
  set_job(flight, view_of(*job));
}

// A job that is under way for this guest, or has ended and is not one of its earlier ones.
const hyperv::Job* Follower::find_lost_job(const Flight& flight, const std::vector<hyperv::Job>& jobs) const {
  const GuestState& guest = parts_.guests[flight.guest];
  for (const hyperv::Job& job : jobs) {
    const bool ours = job.guest == guest.id || job.guest == guest.name;
    const bool known =
        std::find(guest.known_jobs.begin(), guest.known_jobs.end(), job.id) != guest.known_jobs.end();
    const bool there = job.destination.empty() || equal_without_case(job.destination, flight.move.to);
    if (ours && !known && (there || !job.finished())) {
      return &job;
    }
  }
  return nullptr;
}

void Follower::apply_groups(HostId host, const std::vector<hyperv::Group>& groups, std::uint64_t number) {
  for (Flight* flight : flights_) {
    const bool concerned = flight->move.via == hyperv::Via::cluster && same_cluster(host, flight->from);
    if (concerned && flight->answered && number > flight->polls && !over(flight->job)) {
      read_group(*flight, groups);
    }
  }
}

void Follower::read_group(Flight& flight, const std::vector<hyperv::Group>& groups) {
  const auto group = std::find_if(groups.begin(), groups.end(), [&](const hyperv::Group& each) {
    return each.name == flight.move.group.value_or(std::string());
  });
  if (group == groups.end()) {
    set_job(flight, flight.accepted ? JobView::gone : flight.job);
    return;
  }
  const bool resting = group->state != hyperv::GroupState::pending && !group->queued;
  if (!resting) {
    flight.rests = 0;
    flight.accepted = true;
    set_job(flight, JobView::running);
    if (equal_without_case(group->owner, flight.move.to)) {
      flight.handed_over = parts_.runtime.now();
      flight.look_now = true;
      flight.changed.notify_all();
    }
    return;
  }
  if (equal_without_case(group->owner, flight.move.to)) {
    flight.accepted = true;
    set_job(flight, JobView::succeeded);
    return;
  }
  ++flight.rests;
  const bool believed = flight.rests >= kRestsToBelieve &&
                        parts_.runtime.now() - flight.followed >= kRestGrace + start_delay(flight);
  if (flight.accepted && believed) {
    flight.error = "the group came to rest on " + group->owner;
  }
  set_job(flight, flight.accepted && believed ? JobView::failed : flight.job);
}

} // namespace migstorm::campaign
