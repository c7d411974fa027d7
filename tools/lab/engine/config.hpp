// `simulated:` of a lab file: which hosts and guests the simulated cluster has and how they behave.
// docs/lab-simulated.md explains every key. Problems are recorded as diagnostics at their node; the values
// are then defaults.
#pragma once

#include "harness/scenario/yaml.hpp"
#include "tools/lab/engine/state.hpp"

#include <migstorm/lab_file.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::lab {

inline constexpr std::size_t kHostsMax = 64;
inline constexpr std::size_t kGuestsMax = 2000;
inline constexpr std::size_t kDisksPerGuestMax = 64;
inline constexpr std::size_t kHotfixesMax = 512;
inline constexpr std::size_t kNameMax = 63;

struct HostConfig {
  std::string name;
  Release release = Release::w2012r2;
  bool clustered = false;
  std::uint32_t migrations_max = 2;
  Span clock{};
  bool winrm = true;
  bool subscriptions = true; // to its event logs
  bool kerberos = false;     // AuthenticationType of its migration service; false: CredSSP
  std::vector<std::string> hotfixes;
};

struct DiskConfig {
  Bus bus = Bus::scsi;
  VhdType type = VhdType::dynamic;
  VhdFormat format = VhdFormat::vhd;
  std::uint64_t size = 40ull << 30;
  bool shared =
      true; // `storage: shared`: CSV for clustered guests, a file share for others; `local`: the host's disk
  Sharing sharing = Sharing::own;
  bool pass_through = false; // a physical disk of the host; `bus` is all that matters then
};

enum class DiscPlace : std::uint8_t { none, local, cluster_volume, share };

struct CheckpointConfig {
  std::uint32_t count = 0;
  bool production = false;
};

struct GuestConfig {
  std::string name;
  std::size_t host = 0; // index into hosts: where it is at the start
  std::string entry;    // name of its entry: the guests of one entry share what is shared
  bool clustered = false;
  Release release = Release::w2008r2sp1;
  DiscPlace disc = DiscPlace::none;
  std::optional<Release> configuration; // absent: the oldest release among the hosts that may run it
  bool winrm = true;
  bool subscriptions = true; // to its System log
  bool running = true;
  std::string notes;
  Span clock{};
  std::vector<DiskConfig>
      disks; // data disks, one entry each; the system disk (IDE, fixed) is added by the engine
  std::uint64_t load_rate = 0; // bytes a second and disk; 0: no load
  std::vector<std::string> hotfixes;
  std::string integration_services; // empty: as the hosts bring it
  Hardware hardware;                // but for places and paths, which the engine chooses
  CheckpointConfig checkpoints;
  Role role;
  DumpSettings dumps;
};

enum class FixedBy : std::uint8_t { source_host, destination_host, guest, all };

struct CrashConfig {
  double hazard = 1.0 / 1500; // per migration of a guest with four expanding dynamic disks on SCSI
  FixedBy fixed_by = FixedBy::guest;
  std::pair<Span, Span> dump{std::chrono::seconds(30), std::chrono::seconds(90)};
  std::pair<Span, Span> reboot{std::chrono::seconds(60), std::chrono::seconds(120)};
};

struct MovesConfig {
  std::pair<Span, Span> duration{std::chrono::seconds(5), std::chrono::seconds(20)};
  std::pair<Span, Span> blackout{std::chrono::milliseconds(200), std::chrono::seconds(2)};
};

enum class Fault : std::uint8_t {
  refused_connection,
  reset_connection,
  lost_reply,
  context_lost,
  slow_job,
  stuck_job,
  lying_job,
  failed_move,
  host_down,
  heartbeat_flap,
  failed_dump,
  stopped_load,
};
inline constexpr std::size_t kFaults = 12;
std::string_view to_string(Fault fault) noexcept; // "refused-connection", as in lab files

// What people and the cluster itself do beside the harness.
enum class Foreign : std::uint8_t {
  move,          // somebody moves a guest live
  load_balance,  // the cluster does, 2016 and later
  drain,         // a node is paused, its guests are moved off, later it is resumed
  checkpoint,    // made, and merged some minutes later
  backup,        // of a shared volume, with a checkpoint of the guests on it
  storage_move,  // a guest's disks go to another folder
  rename,        // of a guest
  remove,        // a guest is deleted
  recreate,      // deleted, and made anew with the same name
  redirect,      // a shared volume is redirected
  pause_volume,  // a shared volume is out of reach for a while
  stop_guest,    // somebody switches a guest off, and on again later
  restart_guest, // somebody restarts a guest from within
};
inline constexpr std::size_t kForeign = 13;
std::string_view to_string(Foreign event) noexcept; // "load-balance", as in lab files

// Absent: not armed. Armed faults are drawn per run (active with 1/4), then fire with a probability of their
// own; with `certain` they are active in every run.
struct FaultConfig {
  bool armed = false;
  bool certain = false;
  double probability = 0; // 0: the fault's own default
};

struct SimulatedConfig {
  std::string lab_name = "simulated";
  std::uint16_t port = 5985;
  std::string cluster_name; // empty: no cluster
  std::optional<std::uint32_t> parallel_migrations;
  bool resource_control = true;            // nodes pass control codes on
  std::optional<Span> heartbeat_recovery;  // the cluster resets a clustered guest that is silent for so long
  std::uint64_t volume_size = 16ull << 40; // bytes, of each shared volume
  std::vector<HostConfig> hosts;
  std::vector<GuestConfig> guests;
  MovesConfig moves;
  CrashConfig crash;
  std::array<FaultConfig, kFaults> faults{};
  std::array<FaultConfig, kForeign> foreign{}; // probability: per minute
  std::string dumps; // folder in which guests leave their crash dumps, GUEST/MEMORY.DMP; empty: nowhere
  std::string user = "LAB\\migstorm"; // of credential "lab"; what the fronts accept
  std::string password = "not-a-secret";
};

// Reads the value of `simulated:`. Every list is expanded: one entry per host, guest and disk.
SimulatedConfig parse_simulated(const yaml::Node& node);

// Fills in what a lab file need not say itself: hosts and guests with their addresses, credential "lab" (also
// the other way round: an existing credential "lab" becomes the one that the fronts accept).
void describe_endpoints(SimulatedConfig& config, LabFile& lab);

// 127.0.1.N for hosts, 127.0.2.N and following for guests.
std::string host_address(std::size_t index);
std::string guest_address(std::size_t index);

} // namespace migstorm::lab
