// A job of the old scheduler (Win32_ScheduledJob, what the AT command makes) that runs the cluster's cmdlet
// once, as the node's own system account: the way to a live move on 2008 R2 where control codes are not
// passed on. The cmdlet cannot be run over a remote session, because it needs the caller's credentials once
// more.
//
// An assumption, not seen on a host: that WinRM takes a time of day with stars for its date as text.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <string>
#include <string_view>

namespace migstorm::hyperv {

// A clock that the node shows.
struct LocalClock {
  CivilTime utc{};
  std::chrono::minutes bias{}; // local time is UTC plus this
};

struct MoveJob {
  std::string command;
  std::string start_time; // "********210500.000000+060"
};

// The job starts at the next full minute that is far enough away (see kMoveJobDelayMax). A node that was down
// then runs it a day later, so the command itself refuses to move anything two minutes on. unsupported: a
// name that cannot be quoted safely, or is too long for a job.
Result<MoveJob> move_job(std::string_view group, std::string_view node, LocalClock now);

} // namespace migstorm::hyperv
