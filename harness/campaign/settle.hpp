// The outcome of a move is where the guest is. A pure judgement over what both hosts and the job tell.
#pragma once

#include <migstorm/hyperv.hpp>

#include <cstdint>
#include <string_view>

namespace migstorm::campaign {

enum class Sight : std::uint8_t {
  unasked,
  unreachable,
  absent,
  present,   // there, but not running
  migrating, // running, with a migration under way
  running,
};

enum class JobView : std::uint8_t {
  none,    // no job was ever seen: the request may not have been accepted
  running, // or waiting in a queue
  succeeded,
  failed,
  gone, // it was there, or promised, and is not any more
};

struct Evidence {
  Sight source = Sight::unasked;
  Sight destination = Sight::unasked;
  JobView job = JobView::none;
  bool accepted = false;    // the host said so
  bool grace_over = false;  // an unaccepted request has had the time to show itself
  bool handed_over = false; // the cluster names the destination as the owner of what is on its way
  bool restarted = false;   // the guest was started anew since, while one of the hosts was away
};

enum class Ruling : std::uint8_t {
  open, // cannot be told yet: look again
  completed,
  failed,
  not_accepted, // the guest is where it was and nothing was started
  untold,       // it will never be told: where the guest is says nothing of the move
};

Ruling rule(const Evidence& evidence) noexcept;
// Null: the guest is not in the summary.
const hyperv::GuestSummary* row_of(const hyperv::HostSummary& summary, std::string_view guest) noexcept;
// Whether the guest was powered on or reset after `since`, by the uptime in the summary.
bool started_since(const hyperv::HostSummary& summary, std::string_view guest, Instant since) noexcept;
Sight sight_of(const hyperv::HostSummary& summary, std::string_view guest) noexcept;
// Jobs are over, one way or another.
bool over(JobView job) noexcept;

} // namespace migstorm::campaign
