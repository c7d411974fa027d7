// Follows moves to their end. Jobs are asked for per host and groups per cluster, one query for all that is
// under way there; what a summary shows settles every move it concerns.
#pragma once

#include "harness/campaign/guests.hpp"
#include "harness/campaign/health.hpp"
#include "harness/campaign/move_times.hpp"
#include "harness/campaign/settle.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/scope.hpp>

#include <functional>
#include <list>

namespace migstorm::campaign {

// One move under way. Lives in the frame of the coroutine that carries it.
struct Flight {
  Flight(Runtime& runtime, std::uint32_t guest_index, hyperv::Move wanted, HostId source, HostId destination)
      : guest(guest_index), move(std::move(wanted)), from(source), to(destination), changed(runtime) {}

  std::uint32_t guest;
  std::optional<std::uint32_t> step; // absent: a move outside the plan
  std::uint32_t attempt = 1;
  hyperv::Move move;
  HostId from;
  HostId to;
  std::optional<hyperv::MoveTicket> ticket;
  bool contested = false; // an earlier attempt was refused as the host was at another move of the guest
  bool drained = false;   // its source was paused meanwhile, which takes guests elsewhere
  Instant asked{};
  bool told = false;     // the host said that it took the request
  bool answered = false; // the request was answered, or its answer lost
  bool accepted = false;
  Instant followed{};      // when it was answered or lost
  SummaryNumber mark = 0;  // summaries above were asked after the request left
  std::uint64_t polls = 0; // polls above were asked after it was accepted
  Instant quiet_until{};   // its job has no news before that, by the progress it told
  JobView job = JobView::none;
  std::uint32_t rests = 0; // polls that saw the group at rest where it was
  // When its group was last seen on its way with the destination for its owner: our move's last moment, or
  // somebody else's move that follows it.
  std::optional<Instant> handed_over;
  bool arrived = false;     // a summary shows it where it should be
  bool ended_by_us = false; // the host took our request to end it
  bool untold = false;      // by the move or not cannot be told, `error` says why
  bool look_now = false;
  bool looking = false;
  Instant news{};    // when its host last told anything
  std::string error; // why the job failed
  Notify changed;
};

enum class Ending : std::uint8_t { completed, failed, not_accepted, unknown, abandoned };

struct FollowerParts {
  Runtime& runtime;
  hyperv::Cluster& cluster;
  const HostTable& hosts;
  HostWatch& summaries;
  HostHealth& health;
  GuestTable& guests;
  Stop& stop;
  const bool& broken; // the run cannot go on: let everything go
  SummaryListener& listener;
};

class Follower {
public:
  Follower(FollowerParts parts, const LabFile& lab, Span timeout);

  void enlist(Flight& flight); // before the request leaves
  void dismiss(Flight& flight);
  // After the request was answered, or its answer lost.
  Task<Ending> follow(Flight& flight);
  void observe(HostId host, const hyperv::HostSummary& summary, SummaryNumber number);
  void node_closed(HostId host); // it takes no guests any more

  Task<Unit> poll(); // in the background, until close()
  void close();
  void wake_all(); // after a stop was requested
  std::size_t in_flight() const noexcept { return flights_.size(); }
  // A job was found for a move whose answer was lost.
  std::function<void(const Flight&)> on_adopted;

private:
  // When to look, to cancel and to give up on one flight.
  struct Vigil {
    Instant deadline{};
    Instant next_look{};
    Instant patience = Instant::max();
    bool cancelled = false;
  };
  std::optional<Ending> ended(const Flight& flight, const Vigil& vigil);
  Task<std::optional<Ending>> settle(Flight& flight, Vigil& vigil);
  Task<Unit> cancel(Flight& flight, Vigil& vigil);
  Task<Unit> poll_jobs(HostId host);
  Task<Unit> poll_groups(HostId host);
  void ask_due();
  bool wants_poll(const Flight& flight) const;
  HostId node_to_ask(const Flight& flight) const;
  void apply_jobs(HostId host, const std::vector<hyperv::Job>& jobs, std::uint64_t number);
  void apply_groups(HostId host, const std::vector<hyperv::Group>& groups, std::uint64_t number);
  std::vector<std::string> jobs_at(HostId host) const;
  Span start_delay(const Flight& flight) const;
  void read_job(Flight& flight, const std::vector<hyperv::Job>& jobs);
  Instant next_news(const Flight& flight, const hyperv::Job& job) const;
  void read_group(Flight& flight, const std::vector<hyperv::Group>& groups);
  const hyperv::Job* find_lost_job(const Flight& flight, const std::vector<hyperv::Job>& jobs) const;
  void set_job(Flight& flight, JobView view);
  Task<Ruling> look(Flight& flight, bool both);
  bool started_anew(const Flight& flight, const hyperv::HostSummary& summary) const;
  static bool is_on_third_host(const Flight& flight, HostId host, const hyperv::HostSummary& summary,
                               SummaryNumber number);
  void mark_untold(Flight& flight, std::string why) const;
  void arrive(Flight& flight) const;
  Task<Unit> look_for_drain(Flight& flight);
  Task<bool> failed_for_sure(Flight& flight);
  Instant first_look(const Flight& flight) const;
  Instant next_look_after(const Flight& flight) const;
  bool same_cluster(HostId a, HostId b) const;

  FollowerParts parts_;
  Span tick_;
  Span timeout_;
  MoveTimes times_;
  std::list<Flight*> flights_;
  std::vector<char> asking_jobs_; // per host: a poll is under way
  std::vector<char> asking_groups_;
  std::uint64_t polls_ = 0;
  Scope scope_;
  Notify work_;
  bool closed_ = false;
};

} // namespace migstorm::campaign
