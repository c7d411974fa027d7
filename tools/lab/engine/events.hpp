// The events that the simulated hosts and guests write, as their providers' manifests declare them. A release
// that words an event differently has a kind of its own.
#pragma once

#include "tools/lab/engine/state.hpp"

#include <deque>

namespace migstorm::lab {

enum class Event : std::uint8_t {
  guest_started,
  guest_reset,
  guest_crashed,          // 18590 up to 2012 R2
  guest_crashed_preos,    // 18590 from 2016
  dump_written,           // 18602
  move_started,           // 20414
  move_completed,         // 20415
  move_cancelled,         // 20416
  move_long_blackout,     // 20417
  move_failed_source,     // 21024
  move_failed,            // 21502, VMMS-Admin
  move_limit,             // 21501
  role_move_failed,       // 21111
  role_move_failed_why,   // 21502, High-Availability-Admin
  components_differ,      // 4010 up to 2012 R2
  components_differ_2016, // 4010 from 2016
  bugcheck_classic,       // 1001 of 2008 R2
  bugcheck,               // 1001 later
  unclean_start,          // 41 version 2, 2008 R2 to 2012 R2
  unclean_start_2016,     // 41 version 4
  unclean_shutdown,       // 6008
  log_started,            // 6005
  node_removed,           // 1135
  volume_paused,          // 5120
  guest_turned_off,       // 18502
  guest_reset_by_host,    // 18512
  dump_not_written,       // 18604
  dump_failed,            // 161
  log_stopped,            // 6006
};
const EventKind& kind_of(Event event) noexcept;

// One channel of one machine: the newest records, numbered from 1 without gaps.
class EventLog {
public:
  void write(Instant at, Event event, std::vector<std::string> strings);
  const std::deque<EventRecord>& records() const noexcept { return records_; }

private:
  std::deque<EventRecord> records_;
  std::uint64_t written_ = 0;
};

} // namespace migstorm::lab
