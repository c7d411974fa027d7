// The background of a campaign: keeps asking hosts and guests how they are, and keeps the journal and the
// operator's wishes up to date.
#pragma once

#include "harness/campaign/core.hpp"

namespace migstorm::campaign {

// How far back logs are read: clocks differ, and a resume looks at what it missed.
inline constexpr Span kLookBack = std::chrono::minutes(10);

class Watcher {
public:
  explicit Watcher(Core& core);

  // The first questions: which detectors apply, where the guests are, how large their disks. Before any move.
  Task<Unit> prepare();
  void start(Scope& background);
  // One more look at everything, so that what happened last is not missed.
  Task<Unit> look_once();

private:
  struct EventCursor {
    CivilTime since{};
    std::uint64_t record = 0;
  };
  using Events = Result<std::vector<hyperv::HostEvent>>;

  Task<Unit> first_events(HostId host);
  Task<Unit> first_log(std::uint32_t guest);
  Task<Unit> first_summary(HostId host);
  Task<Unit> first_picture(HostId host);
  Task<Unit> read_host_clock(HostId host);
  Task<Unit> read_guest_clock(std::uint32_t guest);
  Task<Unit> first_software(std::uint32_t guest);
  Task<Unit> read_clocks();
  Task<Unit> keep_clocks();
  Task<Unit> keep_summaries(HostId host);
  Task<Unit> keep_events(HostId host);
  Task<Unit> read_events(HostId host);
  Task<Unit> keep_logs();
  Task<Unit> keep_disks();
  Task<Unit> measure_disks();
  Task<Unit> keep_house();
  Task<Unit> heed_stop();
  Task<Unit> read_log(std::uint32_t guest);
  void take_events(HostId host, const std::vector<hyperv::HostEvent>& events);
  void release_old_doubts();
  bool can_be_asked(std::uint32_t guest) const; // the lab file gives a way to it

  Core& core_;
  std::vector<EventCursor> cursors_;                          // per host
  std::vector<std::vector<hyperv::HostEvent>> missed_events_; // since before a resume, until there is a watch
  std::vector<std::vector<hyperv::Bugcheck>> first_logs_;
  DetectorReach reach_;
  CivilTime log_since_{};
};

} // namespace migstorm::campaign
