// Reads the event logs of hosts and guests, and asks guests since when they run. What was taken in is marked
// in the journal together with what it gave rise to, so that nothing is lost or told twice whoever restarts.
#pragma once

#include "harness/campaign/core.hpp"

namespace migstorm::campaign {

// How far back logs are read: clocks differ, and a resume looks at what it missed.
inline constexpr Span kLookBack = std::chrono::minutes(10);

class EventWatch {
public:
  explicit EventWatch(Core& core);

  // The first questions, which tell what can be read. What a log holds already is older than a new run; for a
  // resumed one it is kept for take_missed().
  Task<Unit> prepare(DetectorReach& reach);
  void take_missed(); // once there is a watch
  void start(Scope& background);
  void look_once(Scope& scope);

private:
  using HostBatch = hyperv::EventBatch<hyperv::HostEvent>;
  using GuestBatch = hyperv::EventBatch<hyperv::GuestEvent>;
  // A machine whose log is read, one question at a time.
  struct Source {
    std::string name;
    std::vector<hyperv::EventMark> marks;
    std::optional<bool> subscribed; // as told last
    bool reading = false;
  };

  Source source_for(const std::string& machine, std::initializer_list<hyperv::EventLog> logs) const;
  Task<Unit> first_host(HostId host, DetectorReach& reach);
  Task<Unit> first_guest(std::uint32_t guest, DetectorReach& reach);
  Task<Unit> keep_host(HostId host);
  Task<Unit> keep_guests();
  // A question that is under way serves those that do not insist on one of their own.
  enum class Need : std::uint8_t { any, own };
  Task<Unit> read_host(HostId host);
  Task<Unit> read_guest_log(std::uint32_t guest, Need need);
  Task<Unit> read_boot_time(std::uint32_t guest);
  void take(HostId host, const HostBatch& batch);
  void take(std::uint32_t guest, const GuestBatch& batch);
  template <class Event>
  void keep_marks(Source& source, const hyperv::EventBatch<Event>& batch);
  bool shown_lately(std::uint32_t guest) const;

  Core& core_;
  std::vector<Source> hosts_;
  std::vector<Source> guests_;
  std::vector<HostBatch> missed_hosts_; // since before a resume, until there is a watch
  std::vector<GuestBatch> missed_guests_;
  CivilTime not_before_{}; // what happened earlier is no event of the run
};

} // namespace migstorm::campaign
