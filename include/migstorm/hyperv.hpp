// What the campaign needs of a Hyper-V cluster. harness/hyperv implements it over WS-Management.
//
// Errors: every call may return transport (certainly not asked), unknown_outcome (only start_move and
// cancel_move: it may have been carried out), busy, denied, not_found, unsupported, remote_fault. Reads are
// repeated inside.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::hyperv {

// Msvm_ComputerSystem.EnabledState, v2 numbering; v1 values are translated on reading.
enum class EnabledState : std::uint16_t {
  unknown = 0,
  other = 1,
  enabled = 2, // running
  disabled = 3,
  shutting_down = 4,
  not_applicable = 5,
  enabled_but_offline = 6, // saved
  in_test = 7,
  deferred = 8,
  quiesce = 9, // paused
  starting = 10,
  saving = 32773,
  pausing = 32776,
  resuming = 32777,
  fast_saved = 32779,
  fast_saving = 32780,
  running_critical = 32781,
  off_critical = 32782,
  stopping_critical = 32783,
  saved_critical = 32784,
  paused_critical = 32785,
  starting_critical = 32786,
  reset_critical = 32787,
  saving_critical = 32788,
  pausing_critical = 32789,
  resuming_critical = 32790,
  fast_saved_critical = 32791,
  fast_saving_critical = 32792,
};

// Msvm_HeartbeatComponent.OperationalStatus[0] and Msvm_SummaryInformation.Heartbeat.
enum class Heartbeat : std::uint16_t {
  unknown = 0,
  ok = 2,
  degraded = 3,
  error = 6,
  non_recoverable_error = 7,
  no_contact = 12,
  lost_communication = 13,
  paused = 15,
};

// CIM_ConcreteJob.JobState.
enum class JobState : std::uint16_t {
  new_job = 2,
  starting = 3,
  running = 4,
  suspended = 5,
  shutting_down = 6,
  completed = 7,
  terminated = 8,
  killed = 9,
  exception = 10,
  service = 11,
  completed_with_warnings = 32768,
};

// MSCluster_ResourceGroup.State.
enum class GroupState : std::int32_t {
  unknown = -1,
  online = 0,
  offline = 1,
  failed = 2,
  partial_online = 3,
  pending = 4,
};

enum class MigrationType : std::uint16_t {
  unknown = 0,
  virtual_system = 32768,
  storage = 32769,
  staged = 32770,
  virtual_system_and_storage = 32771,
  storage_deep_check = 32772,
};

enum class ControllerBus : std::uint8_t { scsi, ide };
enum class DiskType : std::uint8_t { unknown, fixed, dynamic, differencing };
enum class DiskFormat : std::uint8_t { unknown, vhd, vhdx, vhd_set };

std::string_view to_string(EnabledState value) noexcept;
std::string_view to_string(Heartbeat value) noexcept;
std::string_view to_string(JobState value) noexcept;
std::string_view to_string(GroupState value) noexcept;

// How a guest is moved.
enum class Via : std::uint8_t {
  wmi,     // Msvm_VirtualSystemMigrationService.MigrateVirtualSystemToHost on the source host
  cluster, // by its cluster, in the way that the node's release has
};
std::string_view to_string(Via via) noexcept;

// The live move that a node's cluster service offers.
enum class ClusterRoute : std::uint8_t {
  none,        // the host is no node, or nothing on it could be moved
  move_params, // 2012 and later: MSCluster_ResourceGroup.MoveToNewNodeParams, live-migration property list
  resource_control, // 2008 R2: CLUSCTL_RESOURCE_VM_START_MIGRATION on the virtual machine's resource
  scheduled_job,    // 2008 R2 whose control codes cannot be sent: a job that runs the cluster's cmdlet once
};
std::string_view to_string(ClusterRoute route) noexcept;

// A scheduled job starts on a full minute: so long after it was asked for the move has begun, or never will.
inline constexpr Span kMoveJobDelayMax = std::chrono::seconds(100);

using HostName = std::string; // as in the lab file; compared without case
using GuestId = std::string;  // Msvm_ComputerSystem.Name: GUID, upper case, no braces

struct Namespaces {
  bool v2 = false;
  bool v1 = false;
  bool cluster = false; // root\MSCluster answers
};

// What one host told about itself when it was probed.
struct HostFacts {
  HostName host;
  std::string computer_name; // NetBIOS name, as Msvm_ComputerSystem's host row has it
  std::string os_version;    // "6.3.9600"
  std::string wsman_version; // "OS: 6.3.9600 SP: 0.0 Stack: 3.0"
  Namespaces namespaces;
  bool migration_enabled = false;
  std::uint32_t migrations_max = 1; // MaximumActiveVirtualSystemMigration; 1 where the host does not tell
  std::uint32_t authentication_type = 0;
  std::vector<std::string> listener_addresses;
  std::optional<std::string> cluster_name;                  // MSCluster_Cluster.Name
  std::optional<std::string> cluster_id;                    // ClusterInstanceID, where the release tells it
  std::optional<std::uint32_t> cluster_parallel_migrations; // MaximumParallelMigrations
  ClusterRoute cluster_route = ClusterRoute::none;
  std::vector<std::string> hotfixes; // HotFixID
};

struct DiskFacts {
  ControllerBus bus = ControllerBus::scsi;
  DiskType type = DiskType::unknown;
  DiskFormat format = DiskFormat::unknown;
  std::string path;                       // on the host, "C:\ClusterStorage\Volume1\g03\data1.vhd"
  std::uint64_t size_max = 0;             // bytes the guest sees
  std::optional<std::uint64_t> file_size; // bytes the file has now
};

// What a guest has that bears on moving it live. Absent: its host does not tell. A release that has no such
// thing at all tells: false.
struct GuestHardware {
  std::optional<bool> physical_disk;    // a disk of the host handed through
  std::optional<bool> shared_disk;      // a VHDX or VHD set that other guests write to as well
  std::optional<bool> virtual_function; // SR-IOV
  std::optional<bool> host_device;      // discrete device assignment
  std::optional<bool> fibre_channel;    // virtual adapter
  std::optional<bool> tpm;
  std::optional<bool> shielded;
  std::optional<bool> checkpoints;
  std::optional<std::uint16_t>
      replication; // ReplicationMode: 0 none, 1 primary, 2 replica, 3 test, 4 extended
  std::optional<std::string> configuration; // version, "8.0"; empty: the release does not show one
  std::vector<std::string> discs;           // images in its DVD drives, paths on the host
};

// What the guest's cluster group was told about nodes.
struct GroupRules {
  // MSCluster_Node.Name of the nodes that may own its virtual machine; empty: the cluster does not tell.
  std::vector<std::string> possible_owners;
  std::optional<std::vector<std::string>> anti_affinity; // AntiAffinityClassNames; absent: it does not tell
};

struct GuestFacts {
  GuestId id;
  std::string name; // ElementName; not unique
  std::string notes;
  EnabledState state = EnabledState::unknown;
  HostName host;
  std::optional<std::string> group; // the cluster group that holds it; absent: standalone
  std::uint32_t scsi_controllers = 0;
  std::uint32_t ide_controllers = 0;
  std::vector<DiskFacts> disks;
  std::string os_name;                             // KVP OSName; empty where the guest does not tell
  std::string os_version;                          // KVP OSVersion
  std::string integration_services_version;        // KVP
  std::vector<std::string> integration_components; // class names present: "Msvm_HeartbeatComponent", ...
  GuestHardware hardware;
  GroupRules rules; // of a clustered guest
};

struct Move {
  GuestId guest;
  std::optional<std::string> group; // for Via::cluster
  HostName from;
  HostName to;
  Via via = Via::wmi;
};

// What a host gave back for an accepted move.
struct MoveTicket {
  Via via = Via::wmi;
  HostName host; // where to follow: the source host, or the node that was asked
  // By what it can be ended. wmi: InstanceID of the job, empty when the move completed at once. cluster: the
  // resource (resource_control), the job's number (scheduled_job), empty where there is no way.
  std::string job;
};

struct Job {
  std::string id;
  JobState state = JobState::running;
  std::uint16_t percent = 0;
  std::uint16_t error_code = 0;
  std::string error;       // ErrorDescription, usually with an HRESULT
  std::string guest;       // VirtualSystemName
  std::string destination; // DestinationHost
  bool finished() const noexcept {
    return state == JobState::completed || state == JobState::terminated || state == JobState::killed ||
           state == JobState::exception || state == JobState::completed_with_warnings;
  }
  bool succeeded() const noexcept {
    return state == JobState::completed || state == JobState::completed_with_warnings;
  }
};

// One row of root\MSCluster's groups that hold a virtual machine.
struct Group {
  std::string name;
  HostName owner; // as the lab file spells it, where it knows the node
  GroupState state = GroupState::unknown;
  bool queued = false; // StatusInformation 0x4: waiting in the queue for a move
};

// MSCluster_Node.State.
enum class NodeState : std::int32_t { unknown = -1, up = 0, down = 1, paused = 2, joining = 3 };
std::string_view to_string(NodeState value) noexcept;

struct Node {
  HostName name; // as the lab file spells it, where it knows the node
  NodeState state = NodeState::unknown;
  bool quarantined = false; // 2016 and later
};

// MSCluster_ClusterSharedVolume.
struct SharedVolume {
  std::string path;              // "C:\ClusterStorage\Volume1"
  std::uint32_t fault_state = 0; // 0 direct I/O, 1 redirected, 2 no access, 4 maintenance, 8 dismounted
  bool backup = false;           // a backup of it is in progress
};

struct ClusterState {
  std::vector<Node> nodes;
  std::vector<SharedVolume> volumes;
};

// Win32_Volume, fixed disks: cluster shared volumes and the host's own.
struct Volume {
  std::string path; // without a backslash at its end
  std::uint64_t size = 0;
  std::uint64_t free = 0; // bytes
};

// A machine's clock against ours: positive, it is ahead. The true offset is within `uncertainty` of it.
struct ClockReading {
  Span offset{};
  Span uncertainty{};
};

// What a host has left.
struct HostRoom {
  std::uint64_t memory = 0;      // bytes, of the machine
  std::uint64_t memory_free = 0; // not used by the host itself nor by guests
  std::vector<Volume> volumes;
};

struct GuestSummary {
  GuestId id;
  std::string name;
  EnabledState state = EnabledState::unknown;
  Heartbeat heartbeat = Heartbeat::unknown;
  std::uint64_t uptime_ms = 0;
  std::uint64_t memory = 0; // bytes in use; 0 where the host does not tell
  bool migrating = false;   // OperationalStatus holds 11 and 32774
  bool busy = false;        // ... and 32768 to 32773: snapshots, merges, exports
};

struct HostSummary {
  HostName host;
  Instant asked{}; // when the request left
  Instant answered{};
  std::vector<GuestSummary> guests;
};

// The logs that are read. Stored by number in journals.
enum class EventLog : std::uint8_t { worker, vmms, high_availability, integration, system };
inline constexpr std::size_t kEventLogs = 5;
std::string_view to_string(EventLog log) noexcept;

struct HostEvent {
  EventLog log = EventLog::worker;
  std::uint32_t id = 0;             // 18590, 18560, 18539, 18514, ...
  std::uint64_t record = 0;         // per host and log
  CivilTime time{};                 // by the machine's own clock
  std::string source;               // provider
  std::string guest;                // VmId, where the event names one
  std::vector<std::string> strings; // its fields in order
};

enum class GuestEventKind : std::uint8_t {
  bugcheck,          // 1001
  unclean_start,     // Kernel-Power 41
  unclean_shutdown,  // 6008
  dump_not_prepared, // volmgr 46
  dump_failed,       // volmgr 161
};
std::string_view to_string(GuestEventKind kind) noexcept;

// What a guest's own System log says after a reboot.
struct GuestEvent {
  GuestEventKind kind = GuestEventKind::bugcheck;
  CivilTime time{}; // of the event: after the reboot
  std::uint64_t record = 0;
  std::uint32_t code = 0; // of a bugcheck; 0: none is named
  std::array<std::uint64_t, 4> parameters{};
  std::string dump_path;
};

// How far a log of a machine was taken in.
struct EventMark {
  EventLog log = EventLog::worker;
  std::uint64_t record = 0; // the newest one; 0: none yet
  CivilTime time{};         // of that record; without one, since when events are wanted. The machine's clock.
};

// What came after the marks, in the order of the record numbers of each log, and the marks to ask with next.
template <class Event>
struct EventBatch {
  std::vector<Event> events;
  std::vector<EventMark> marks;
  bool subscribed = false;        // else by query
  std::vector<EventLog> unread{}; // logs that the machine does not have or does not show this way
};

struct DiskSize {
  std::string path;
  std::uint64_t file_size = 0;
};

// A virtual disk file that we make and delete. Its name begins so; no other file is ever touched.
inline constexpr std::string_view kOwnPrefix = "migstorm-";
struct OwnFile {
  std::string
      path; // on the host, "C:\\ClusterStorage\\Volume1\\migstorm-8c0e-1.vhd"; the ending is the format
  std::uint64_t size = 0; // bytes that a guest sees, a multiple of 512
  DiskType type = DiskType::dynamic;
  std::uint64_t leave_free =
      0; // bytes of its volume that must stay free even when the file is at its largest
};

// Such a file in a SCSI drive of a guest.
struct OwnDisk {
  HostName host; // where the guest is
  GuestId guest;
  std::optional<std::string> group; // clustered: the cluster is told what changed
  OwnFile file;
};

// How a guest is set up to write its crash dump, by its registry (Control\CrashControl) and WMI. What it does
// not tell is absent.
enum class DumpKind : std::uint8_t { none = 0, complete = 1, kernel = 2, small = 3, automatic = 7 };

struct PageFile {
  std::string path;
  std::uint64_t size = 0; // bytes that are allocated
};

struct DumpSetup {
  std::optional<std::uint32_t> kind; // CrashDumpEnabled, a DumpKind or a number that we do not know
  std::optional<bool> restarts;      // AutoReboot
  std::optional<bool> overwrites;    // Overwrite
  std::string file;                  // DumpFile, with %SystemRoot% resolved
  std::string dedicated_file;        // DedicatedDumpFile; empty: the page file is written to
  std::uint64_t memory = 0;          // bytes; 0: not told
  std::vector<PageFile> page_files;
  std::optional<std::uint64_t> free; // bytes, on the drive of `file`
  std::uint32_t not_ready = 0;       // volmgr 46 since the guest booted: no dump can be written
  std::uint32_t not_written = 0;     // volmgr 161 in the last day
};

// What the cluster does when a virtual machine's heartbeat stays away.
struct HeartbeatRecovery {
  std::string group;
  std::optional<bool> watched;            // the resource's CheckHeartbeat
  std::optional<std::uint32_t> action;    // RestartAction: 0 leaves it alone, 1 and 2 restart it
  std::optional<std::uint32_t> threshold; // RestartThreshold: times within RestartPeriod
};

// What runs on a guest.
struct Software {
  std::string os_version;            // "6.1.7601"
  std::vector<std::string> hotfixes; // HotFixID
};

// A guest's console, scaled down.
struct ConsolePicture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels; // RGB565, little-endian, row by row: two bytes each
};

// Counters of the wire, for the summary.
struct WireCounters {
  std::uint64_t requests = 0;
  std::uint64_t faults = 0;
  std::uint64_t retries = 0;
  std::uint64_t connections = 0;
  std::uint64_t authentications = 0;
};

class Cluster {
public:
  virtual ~Cluster() = default;

  // Identify, namespaces, limits, settings. Once per host at the start, and again after it was away.
  virtual Task<Result<HostFacts>> probe(HostName host) = 0;
  // Every guest that is on the host, with its disks (several requests; not for polling).
  virtual Task<Result<std::vector<GuestFacts>>> inventory(HostName host) = 0;

  // Asks once. An accepted move returns its ticket; unknown_outcome means it may be under way.
  virtual Task<Result<MoveTicket>> start_move(Move move) = 0;
  // Asks the host to end a move cleanly. unsupported where the way of moving has no such call.
  virtual Task<Status> cancel_move(MoveTicket ticket) = 0;
  // The migration jobs of these InstanceIDs that a host still remembers, in one query; all of them where none
  // is named.
  virtual Task<Result<std::vector<Job>>> jobs(HostName host, std::vector<std::string> wanted) = 0;
  // All groups with a virtual machine, in one query to any node of the cluster `host` belongs to.
  virtual Task<Result<std::vector<Group>>> groups(HostName host) = 0;
  // Why the newest move of the group's machine failed, an HRESULT; 0: it did not, or no node tells.
  virtual Task<Result<std::uint32_t>> move_failure(HostName host, std::string group) = 0;
  // Nodes and shared volumes, asked of any node of the cluster. unsupported: the host is no node.
  virtual Task<Result<ClusterState>> cluster_state(HostName host) = 0;
  // Clocks, asked once each.
  virtual Task<Result<ClockReading>> host_clock(HostName host) = 0;
  virtual Task<Result<ClockReading>> guest_clock(std::string guest_name) = 0;
  // Memory and volumes of a host.
  virtual Task<Result<HostRoom>> room(HostName host) = 0;
  // All guests of a host in one call: where they are, heartbeat, uptime, memory.
  virtual Task<Result<HostSummary>> summary(HostName host) = 0;
  // Events of a host that tell of its guests or of itself, after the marks: one for each log that is read, so
  // a new reader gives a record of 0 and a time. One question per machine at a time. unsupported: the host
  // shows none of its Hyper-V logs.
  virtual Task<Result<EventBatch<HostEvent>>> host_events(HostName host, std::vector<EventMark> marks) = 0;
  // The same of a guest's System log, asked of the guest itself; unsupported if the lab file gives no way to
  // it.
  virtual Task<Result<EventBatch<GuestEvent>>> guest_events(std::string guest_name,
                                                            std::vector<EventMark> marks) = 0;
  // For how long the guest's operating system has run, by its own clock alone.
  virtual Task<Result<Span>> guest_uptime(std::string guest_name) = 0;
  // Gives back what reading events keeps open on hosts and guests.
  virtual Task<Unit> end_events() = 0;
  // unsupported if the lab file gives no way to the guest.
  virtual Task<Result<Software>> guest_software(std::string guest_name) = 0;
  virtual Task<Result<DumpSetup>> dump_setup(std::string guest_name) = 0;
  // Of every virtual machine of the cluster that the host belongs to, in one query.
  virtual Task<Result<std::vector<HeartbeatRecovery>>> heartbeat_recovery(HostName host) = 0;
  // What the guest's console shows, as large as the host's envelopes take it. unsupported: the host gives no
  // pictures.
  virtual Task<Result<ConsolePicture>> console(HostName host, GuestId guest) = 0;
  // Makes a canary bugcheck (0x80) by an NMI, after its host was asked again whether it has this guest and
  // the guest's Notes hold `mark`; denied where they do not. unsupported before 2012 R2. unknown_outcome: it
  // may have been carried out.
  virtual Task<Status> crash_canary(HostName host, GuestId guest, std::string mark) = 0;
  // Current file sizes of virtual disks, asked of a host that sees them, in one query.
  virtual Task<Result<std::vector<DiskSize>>> disk_sizes(HostName host, std::vector<std::string> paths) = 0;

  // Files and disks of ours. Each looks first and asks only for what is missing, so that it may be called
  // again after an error; unknown_outcome: something may still be carried out.
  virtual Task<Status> make_file(HostName host, OwnFile file) = 0; // remote_fault where there is one already
  // The size that a guest would see; nothing: there is no such file.
  virtual Task<Result<std::optional<std::uint64_t>>> file_size_max(HostName host, std::string path) = 0;
  virtual Task<Status> delete_file(HostName host, std::string path) = 0;
  // The file, a drive for it, the image in the drive, the cluster's knowledge of it.
  virtual Task<Status> add_disk(OwnDisk disk) = 0;
  virtual Task<Status> remove_disk(OwnDisk disk) = 0; // and its file

  virtual WireCounters counters() const = 0;
};

} // namespace migstorm::hyperv
