// Which detectors apply to which guest, fixed at the start, and whether they were alive when it mattered.
#pragma once

#include "harness/campaign/guests.hpp"
#include "harness/watch/liveness.hpp"
#include "harness/watch/watch.hpp"

#include <migstorm/journal.hpp>
#include <migstorm/lab_file.hpp>

namespace migstorm::campaign {

inline constexpr Span kGuestLogPeriod = std::chrono::minutes(2);
inline constexpr Span kConsolePeriod = std::chrono::minutes(10);

// What the first questions told.
struct DetectorReach {
  std::vector<char> heartbeat;   // per guest: the component is there
  std::vector<char> host_events; // per host: its log can be read
  std::vector<char> guest_log;   // per guest: it can be asked itself
  std::vector<char> console;     // per host: it gives pictures of consoles
  std::vector<char> load;        // per guest: it has disks that its load makes grow
  std::vector<DetectorKind> off; // the scenario does without them
};

class Detectors {
public:
  Detectors(const GuestTable& guests, DetectorReach reach, const LabFile& lab, Instant start);

  std::vector<watch::WatchedGuest> watched(const GuestTable& guests) const;
  bool reads_events(HostId host) const { return reach_.host_events[host] != 0; }
  // Events 1001, 41 and their like; LastBootUpTime.
  bool reads_log(std::uint32_t guest) const;
  bool reads_boot_time(std::uint32_t guest) const { return applies(DetectorKind::boot_time, guest); }

  bool shows_consoles(HostId host) const { return reach_.console[host] != 0; }

  void summary_answered(HostId host, Instant now) { summaries_.answered(host, now); }
  void events_answered(HostId host, Instant now) { events_.answered(host, now); }
  void log_answered(std::uint32_t guest, Instant now) { logs_.answered(guest, now); }
  void console_answered(HostId host, Instant now) { consoles_.answered(host, now); }
  void boot_answered(std::uint32_t guest, Instant now) { boots_.answered(guest, now); }
  void growth_answered(std::uint32_t guest, Instant now) { loads_.answered(guest, now); }

  // Did every detector that applies to the guest watch from `since` until now? Consoles and loads are not
  // asked about: they find no crash.
  bool alive_since(std::uint32_t guest, HostId from, HostId to, Instant since, Instant now) const;
  std::vector<DetectorAlive> alive(Instant now) const;
  // How many sources of each kind that applies are watching at this moment.
  struct Answering {
    DetectorKind kind{};
    std::size_t answered = 0;
    std::size_t sources = 0;
  };
  std::vector<Answering> answering(Instant now) const;
  // "heartbeat: 12 of 12 guests", one per kind.
  std::vector<std::string> in_words() const;

private:
  const watch::Liveness& source_of(DetectorKind kind) const;
  bool reaches(DetectorKind kind, HostId host) const;
  bool applies(DetectorKind kind, std::uint32_t guest) const;
  void add_alive(DetectorAlive& one, Instant now) const;

  DetectorReach reach_;
  std::vector<std::array<bool, kDetectorKinds>> applicable_; // per guest
  watch::Liveness summaries_;                                // per host; heartbeat and uptime come from them
  watch::Liveness events_;                                   // per host
  watch::Liveness logs_;                                     // per guest
  watch::Liveness boots_;                                    // per guest
  watch::Liveness consoles_;                                 // per host
  watch::Liveness loads_;                                    // per guest
};

} // namespace migstorm::campaign
