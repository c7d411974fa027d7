// The background of a campaign: keeps asking hosts and guests how they are, and keeps the journal and the
// operator's wishes up to date.
#pragma once

#include "harness/campaign/event_watch.hpp"

namespace migstorm::campaign {

class Watcher {
public:
  explicit Watcher(Core& core);

  // The first questions: which detectors apply, where the guests are, how large their disks. Before any move.
  Task<Unit> prepare();
  void start(Scope& background);
  // One more look at everything, so that what happened last is not missed.
  Task<Unit> look_once();

private:
  Task<Unit> first_summary(HostId host);
  Task<Unit> first_picture(HostId host);
  Task<Unit> read_host_clock(HostId host);
  Task<Unit> read_guest_clock(std::uint32_t guest);
  Task<Unit> first_software(std::uint32_t guest);
  Task<Unit> read_clocks();
  Task<Unit> keep_clocks();
  Task<Unit> keep_summaries(HostId host);
  Task<Unit> keep_disks();
  Task<Unit> measure_disks();
  void take_sizes(const std::vector<hyperv::DiskSize>& sizes, Instant asked);
  Task<Unit> keep_house();
  Task<Unit> heed_stop();
  void release_old_doubts();

  Core& core_;
  EventWatch events_;
  DetectorReach reach_;
};

} // namespace migstorm::campaign
