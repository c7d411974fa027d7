// What the simulated cluster consists of, as plain values. model.hpp has the class that owns them and lets
// time pass; everything here is read-only to its callers. Times are cluster time and may be negative: before
// the lab began.
#pragma once

#include "tools/lab/engine/releases.hpp"

#include <migstorm/runtime.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

using HostIndex = std::uint32_t;  // into Model::hosts()
using GuestIndex = std::uint32_t; // into Model::guests()

enum class Bus : std::uint8_t { scsi, ide };
enum class VhdType : std::uint8_t { fixed, dynamic };
enum class VhdFormat : std::uint8_t { vhd, vhdx };
// A file of one guest's own, one that several guests write to (SCSI persistent reservations), or a VHD set,
// which is such a file that can be checkpointed.
enum class Sharing : std::uint8_t { own, shared_file, disk_set };

struct Disk {
  Bus bus = Bus::scsi;
  VhdType type = VhdType::dynamic;
  VhdFormat format = VhdFormat::vhd;
  std::string path;                  // on the host: CSV, share or local folder
  std::uint64_t size_max = 0;        // bytes the guest sees
  std::uint64_t file_size_empty = 0; // bytes of the file before the load wrote anything
  std::uint64_t load_rate = 0;       // bytes a second that the load writes to it; 0: no load on this disk
  std::uint32_t controller = 0;      // index among the guest's controllers of that bus
  std::uint32_t slot = 0;
  bool shared = true;  // every host that may run the guest reaches the path
  bool system = false; // the disk the guest boots from
  Sharing sharing = Sharing::own;
  std::vector<std::string> chain; // the files that it only holds the differences from, oldest first
};

// Where a drive is among a guest's controllers.
struct Place {
  Bus bus = Bus::scsi;
  std::uint32_t controller = 0;
  std::uint32_t slot = 0;
  bool operator==(const Place&) const = default;
};

struct KvpItem {
  std::string name;
  std::optional<std::string> data; // absent while the guest boots
};

enum class Power : std::uint8_t { running, off };

// Msvm_ComputerSystem.ReplicationMode
enum class Replication : std::uint8_t { none, primary, replica, test_replica, extended_replica };

struct Checkpoint {
  std::string id; // GUID
  bool production = false;
  Instant created{};
};

// What a machine has beside its disk files.
struct Hardware {
  std::uint32_t generation = 1;
  std::vector<Place> pass_through; // drives that are a physical disk of the host
  std::string disc;                // path of the image in its DVD drive; empty: it has no such drive
  Place disc_drive;
  bool virtual_function = false; // SR-IOV is asked for
  std::uint32_t fibre_channel_ports = 0;
  std::uint32_t assigned_devices = 0; // discrete device assignment
  bool tpm = false;
  bool shielded = false;
  Replication replication = Replication::none;
  bool replication_lost = false; // its primary went to a host that its replica does not know
};

// What the cluster was told about a machine's group. Lists in the order in which they were given.
struct Role {
  std::vector<HostIndex> possible_owners; // empty: every node
  std::vector<HostIndex> preferred_owners;
  std::vector<std::string> anti_affinity;
};

// Msvm_HeartbeatComponent.OperationalStatus[0]
enum class HeartbeatStatus : std::uint16_t { ok = 2, no_contact = 12, lost_communication = 13 };

// What a guest does when it crashes: Control\CrashControl, and where the dump goes.
struct DumpSettings {
  std::optional<std::uint32_t> kind; // CrashDumpEnabled; absent: what the release starts with
  bool restarts = true;
  bool overwrites = true;
  std::optional<std::uint64_t> page_file; // bytes, 0: none; absent: as much as it has memory
  std::uint64_t free = 40ULL << 30U;      // bytes on C:
  std::string dedicated_file;
};

struct Guest {
  std::string id;   // GUID, upper case, no braces
  std::string name; // ElementName
  std::string notes;
  Release release = Release::w2008r2sp1;
  Release configuration = Release::w2008r2sp1; // whose configuration version it has
  bool clustered = false;                      // a cluster group of the same name holds it
  bool winrm = false;                          // has an endpoint of its own
  Span clock{};                                // how far its clock is ahead of cluster time
  Power power = Power::running;
  HostIndex host = 0; // who owns it now
  std::vector<Disk> disks;
  Hardware hardware;
  Role role; // of a clustered guest
  DumpSettings dumps;
  std::vector<Place> empty_drives;    // drives without a disk in them
  std::uint32_t scsi_controllers = 1; // a new machine has one
  bool stale_role = false; // its disks changed, and the cluster was not told: it cannot start it elsewhere
  std::vector<std::string> hotfixes; // "KB2636573"
  std::string integration_services;  // version in the guest
  std::uint64_t memory_mib = 2048;
  std::uint32_t processors = 2;

  Instant created{};
  Instant powered{};              // since when OnTimeInMilliseconds counts: power-on or last reset
  Instant booted{};               // Win32_OperatingSystem.LastBootUpTime
  Instant ready{};                // integration components and WinRM answer from then on
  Instant state_changed{};        // TimeOfLastStateChange
  std::optional<Instant> crashed; // bugchecked then, writing its dump or about to be reset; absent: sound
  Instant flaps_until{};          // heartbeat reads 13 until then although the guest is well
  bool gone = false;              // deleted
  Instant busy_until{};           // something else than a move works on it
  std::uint16_t operation =
      0; // OperationalStatus[1] meanwhile: 32768 creating a snapshot, 32772 merging, ...
  std::vector<Checkpoint> checkpoints; // oldest first
  std::uint32_t boots = 1;
  std::uint32_t worker_process = 0; // vmwp.exe on the owner; another one after every move
  std::uint32_t last_failure = 0;   // HRESULT of its last cluster move: MigrationFailureReason
};

struct Host {
  std::string name; // NetBIOS name in the spelling of the lab file
  std::string fqdn;
  std::string address; // "127.0.1.1"
  Release release = Release::w2012r2;
  bool clustered = false;           // a node of the cluster
  std::uint32_t migrations_max = 2; // MaximumActiveVirtualSystemMigration; counts both directions
  bool migration_enabled = true;
  Span clock{};                          // how far its clock is ahead of cluster time
  bool winrm = true;                     // answers management requests at all
  std::uint32_t authentication_type = 0; // of its migration service: 0 CredSSP, 1 Kerberos
  std::vector<std::string> hotfixes;
  std::uint64_t memory_mib = 131072;
  std::uint32_t processors = 16;
  bool up = true;
  bool paused = false; // a node that takes no guests
  Instant booted{};
  std::uint32_t boots = 1;
};

struct Csv {
  std::string name;              // "Cluster Disk 1"
  std::string path;              // "C:\ClusterStorage\Volume1"
  std::string volume_name;       // "\\?\Volume{...}\"
  std::uint32_t fault_state = 0; // 0 direct I/O
  bool backup = false;           // BackupState
  std::uint64_t size = 0;        // bytes
  HostIndex owner = 0;
};

struct ClusterFacts {
  std::string name;                                 // empty: there is no cluster
  std::string id;                                   // GUID
  std::optional<std::uint32_t> parallel_migrations; // MaximumParallelMigrations, where the release has it
  bool resource_control = true;                     // ExecuteResourceControl passes control codes on
  std::vector<HostIndex> nodes;
  std::vector<Csv> volumes;
};

// CIM_ConcreteJob.JobState
enum class JobStatus : std::uint16_t {
  new_job = 2,
  starting = 3,
  running = 4,
  completed = 7,
  terminated = 8,
  killed = 9,
  exception = 10,
};

// CIM_ConcreteJob of a migration, on the source host. It is gone five minutes after it ended.
struct MigrationJob {
  std::string id;         // GUID
  std::uint64_t move = 0; // Move::number
  GuestIndex guest = 0;
  HostIndex source = 0;
  HostIndex destination = 0;
  std::string destination_text; // as the caller wrote it
  std::uint16_t migration_type = 32768;
  JobStatus state = JobStatus::new_job;
  std::uint16_t percent = 0;
  std::uint16_t error_code = 0;
  std::string error; // ErrorDescription
  Instant submitted{};
  Instant started{};
  Instant state_changed{};
  std::optional<Instant> ended;
  bool cancellable = false;
};

// Win32_ScheduledJob: runs once, on a full minute, and is gone then.
struct ScheduledJob {
  std::uint32_t id = 0; // JobId
  HostIndex host = 0;
  std::string command;
  Instant due{};
};

enum class MoveVia : std::uint8_t { service, cluster };
enum class MovePhase : std::uint8_t { queued, starting, transferring, blackout, finishing, ended };
enum class MoveEnd : std::uint8_t { open, landed, failed, cancelled };

// One move of one guest, from acceptance to its end. The schedule is drawn when it is accepted.
struct Move {
  std::uint64_t number = 0; // 1, 2, ... in the order of acceptance
  GuestIndex guest = 0;
  HostIndex from = 0;
  HostIndex to = 0;
  MoveVia via = MoveVia::service;
  bool foreign = false;
  std::uint16_t migration_type = 32768;
  Instant asked{};
  std::optional<Instant> started; // absent: waiting in the cluster's queue
  Span duration{};                // start to end of the job
  Span blackout{};                // within the duration
  Span tail{};                    // after the guest runs on the destination: the source cleans up
  std::uint32_t hresult = 0;      // it will fail with this (before the guest switches); 0: it will land
  bool job_lies = false;          // the guest lands, the job ends in Exception with a time-out
  bool delayed = false;           // slow or stuck by a fault
  bool switched = false;          // the guest runs on the destination
  MoveEnd end = MoveEnd::open;
  Instant ended{};
};

// MSCluster_ResourceGroup of a clustered guest; one per guest, named like it.
struct GroupView {
  GuestIndex guest = 0;
  std::string_view name;
  HostIndex owner = 0;
  std::int32_t state = 0;               // 0 online, 2 failed, 4 pending
  std::uint64_t status_information = 0; // 0x4: waiting in the queue for a move
  std::uint32_t failure = 0;            // MigrationFailureReason
};

enum class Channel : std::uint8_t {
  worker_admin,
  vmms_admin,
  high_availability_admin,
  integration_admin,
  system
};
inline constexpr std::size_t kChannels = 5;
std::string_view name_of(Channel channel) noexcept; // "Microsoft-Windows-Hyper-V-Worker-Admin"

// The unchanging part of an event: what a provider's manifest says.
struct EventKind {
  std::uint32_t id = 0;
  Channel channel = Channel::system;
  std::string_view provider;      // "Microsoft-Windows-Hyper-V-Worker"
  std::string_view provider_guid; // with braces; empty for classic sources
  std::string_view source;        // classic source name ("BugCheck"), or the provider's
  std::uint8_t level = 4;
  std::uint8_t version = 0;
  bool user_data = false;               // fields stand in UserData/VmlEventLog, else in EventData
  std::vector<std::string_view> fields; // names of the strings; "" where they have none
  std::string_view message;             // %1 is the first string
};

inline constexpr std::size_t kLogRecordsMax = 512; // of one channel of one machine

struct EventRecord {
  std::uint64_t record = 0; // from 1 within one machine's channel
  Instant at{};
  const EventKind* kind = nullptr;
  std::vector<std::string> strings;

  std::string message() const; // rendered
};

} // namespace migstorm::lab
