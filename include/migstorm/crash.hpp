// What is known of a guest's crash, and the signals that tell of one.
#pragma once

#include <migstorm/hyperv.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

enum class SignalKind : std::uint8_t {
  heartbeat_lost, // 12 or 13 longer than the debounce while EnabledState is 2
  heartbeat_back,
  uptime_backwards,  // a reset or a reboot happened between two readings
  guest_crash_event, // 18590
  triple_fault,      // 18560, 18539
  guest_reset_event, // 18514
  bugcheck_event,    // the guest's own 1001
  host_away,         // the guest's host stopped answering: a confounder
  foreign_move,      // the guest changed its host without us
  state_changed,     // EnabledState left 2: off, saved, critical
  host_reset_event,  // 18512, 18617: the host reset it, as a monitor of its silence asks for; a confounder
  stop_screen,       // the console shows one: evidence, never the only one
  unclean_start,     // the guest's own Kernel-Power 41, which may name a bugcheck
  unclean_shutdown,  // the guest's own 6008
  boot_time,         // its LastBootUpTime moved on
  dump_written,      // 18602
  dump_failed,       // 18604
  host_restarted,    // the host's own 41: it crashed or lost its power; a confounder
  volume_paused,     // 5120, 5142 on a host: a shared volume out of reach; a confounder
  load_stopped,      // the guest's heart beats, but its disks grow no more; accuses nobody
  load_back,
  dump_failed_event, // the guest's own volmgr 161
};
std::string_view to_string(SignalKind kind) noexcept;

enum class DetectorKind : std::uint8_t {
  heartbeat,
  uptime,
  host_events,
  bugcheck_events, // 1001 of the guest's System log
  console,
  boot_time,
  restart_events, // 41, 6008 and volmgr 161 there
  load,           // whether the guest's disks grow
};
inline constexpr std::size_t kDetectorKinds = 8;
std::string_view to_string(DetectorKind kind) noexcept;

struct Signal {
  SignalKind kind{};
  hyperv::GuestId guest;
  hyperv::HostName host;
  Instant noticed{};          // when we learned of it
  Instant earliest{};         // it happened not before
  Instant latest{};           // and not after
  std::uint32_t bugcheck = 0; // 0: not told
  std::array<std::uint64_t, 4> parameters{};
  std::string detail;
};

enum class GuestVerdict : std::uint8_t { healthy, suspect, crashed, hung, rebooted };
std::string_view to_string(GuestVerdict verdict) noexcept;

struct Crash {
  std::uint32_t number = 0; // 1, 2, ... within the run
  hyperv::GuestId guest;
  std::string guest_name;
  hyperv::HostName host;
  std::optional<std::uint32_t> step; // the migration it belongs to; absent: could not be told
  Instant noticed{};
  Instant earliest{};
  Instant latest{};
  std::uint32_t bugcheck = 0; // 0: not known
  std::array<std::uint64_t, 4> parameters{};
  std::string signature; // empty: not known
  std::string known_issue;
  std::string dump_path;            // on the guest
  std::vector<std::string> reasons; // signals, in words
  bool self_test = false;           // provoked on a canary: in no statistic, and never journalled
};

} // namespace migstorm
