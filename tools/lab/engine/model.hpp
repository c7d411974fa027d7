// The simulated cluster itself: owns the state of state.hpp, lets time pass, and takes commands. Providers
// translate it into management classes. One rule: within one request it stands still; only advance() moves
// its time, to the clock's.
#pragma once

#include "tools/lab/engine/config.hpp"
#include "tools/lab/engine/state.hpp"
#include "tools/lab/engine/tasks.hpp"
#include "tools/lab/lab.hpp"

#include <migstorm/result.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

// Answer to MigrateVirtualSystemToHost.
struct MigrateReply {
  std::uint32_t return_value =
      0;           // 4096 with a job; 32773 invalid parameter, 32774 in use, 32775 invalid state, ...
  std::string job; // InstanceID; the job may have ended already
  std::string why; // of a refusal
};

// Answer to MoveToNewNodeParams and its kin: void, or a Win32 error as HRESULT.
struct GroupReply {
  std::uint32_t hresult = 0; // 0: accepted (under way or queued)
  std::string why;
};

struct MigrateRequest {
  GuestIndex guest = 0;
  std::string destination;              // DNS name, NetBIOS name or address, as the caller wrote it
  std::uint16_t migration_type = 32768; // Msvm_VirtualSystemMigrationSettingData.MigrationType
};

// Bits of MoveToNewNodeParams' Flags.
inline constexpr std::uint32_t kMoveReturnToSource = 2;
inline constexpr std::uint32_t kMoveQueueEnabled = 4;
inline constexpr std::uint32_t kMoveHighPriorityStart = 8;
inline constexpr std::uint32_t kMigrationTypeLive = 4; // VmMigrationType in the property list

class Model {
public:
  // See make_engine (lab.hpp) for the ledger.
  static Result<std::unique_ptr<Model>> make(const SimulatedConfig& config, LabClock& clock,
                                             std::uint64_t seed, const std::string& ledger_path);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  // Lets everything happen that is due by the clock's now. Constant time when nothing is.
  void advance();
  Instant now() const noexcept; // of the last advance()
  CivilTime civil(Instant at) const noexcept;

  // ---- what there is
  const SimulatedConfig& config() const noexcept;
  const std::vector<Host>& hosts() const noexcept;
  const std::vector<Guest>& guests() const noexcept;
  const ClusterFacts& cluster() const noexcept;
  // By NetBIOS name, FQDN or address, without case.
  std::optional<HostIndex> find_host(std::string_view name) const;
  std::optional<GuestIndex> find_guest(std::string_view id) const;   // GUID, without case
  std::optional<GuestIndex> find_group(std::string_view name) const; // the guest that a cluster group holds

  // ---- hosts
  const std::vector<GuestIndex>& guests_on(HostIndex host) const; // ascending; the rows the host shows
  std::uint32_t active_migrations(HostIndex host) const;          // in and out
  std::vector<MigrationJob> jobs_on(HostIndex host) const;        // of moves that started there; oldest first
  std::optional<MigrationJob> find_job(HostIndex host, std::string_view id) const;

  // ---- guests
  HeartbeatStatus heartbeat_of(GuestIndex guest) const;
  std::uint64_t uptime_ms(GuestIndex index) const;                   // OnTimeInMilliseconds; 0 when off
  bool reachable(GuestIndex guest) const;                            // its own WinRM would answer
  bool load_alive(GuestIndex guest) const;                           // writes are reaching its disks
  const Move* move_of(GuestIndex guest) const;                       // queued or under way; null: none
  bool migrating(GuestIndex guest) const;                            // OperationalStatus holds 11 and 32774
  std::uint16_t operation_of(GuestIndex guest) const;                // OperationalStatus[1]; 0: none
  std::uint64_t file_size(GuestIndex guest, std::size_t disk) const; // bytes of the VHD file now
  std::vector<KvpItem> intrinsic_kvp(GuestIndex guest) const;        // GuestIntrinsicExchangeItems
  MovePhase phase_of(const Move& move) const;
  // Whether the destination has what the guest needs; false: a move would fail for that.
  bool fits(GuestIndex guest, HostIndex destination, std::uint16_t migration_type) const;

  // ---- cluster
  GroupView group_of(GuestIndex index) const; // of a clustered guest

  // ---- event logs: oldest first, the newest kLogRecordsMax of each channel
  const std::deque<EventRecord>& host_log(HostIndex host, Channel channel) const;
  const std::deque<EventRecord>& guest_log(GuestIndex guest) const; // its System log

  // ---- commands; they happen at now()
  MigrateReply migrate(const MigrateRequest& request);
  // `migration_type`: VmMigrationType of the property list. Anything but live is refused and recorded as a
  // violation.
  GroupReply move_group(GuestIndex guest, std::string_view node, std::uint32_t flags,
                        std::uint32_t migration_type);
  // RequestStateChange of the job: 4 terminates, 5 kills. 0, or 32773 invalid parameter, 32775 invalid state.
  std::uint32_t cancel_job(HostIndex host, std::string_view id, std::uint16_t requested_state);
  // Win32_ScheduledJob.Create with the time of day it starts at, in minutes since midnight UTC. 0 and the
  // job's number, or what the method returns for a refusal: 8 unknown failure, 21 invalid parameter.
  std::uint32_t schedule_job(HostIndex host, std::string_view command, std::uint32_t minute,
                             std::uint32_t& id);
  bool delete_job(HostIndex host, std::uint32_t id); // false: there is none
  std::vector<ScheduledJob> scheduled_jobs(HostIndex host) const;
  TaskReply ask_task(HostIndex host, const TaskRequest& request);
  std::vector<TaskJob> tasks_on(HostIndex host) const; // oldest first
  std::optional<TaskJob> find_task(HostIndex host, std::string_view id) const;
  // CIM_DataFile.Delete of a disk file: 0, 8 unspecified, 9 invalid object, 15 sharing violation.
  std::uint32_t delete_file(HostIndex host, std::string_view path);
  // The files that no machine has and this host reaches.
  std::vector<const LooseFile*> loose_files(HostIndex host) const;
  // UpdateVirtualMachine and its control code: 0, or a Win32 error as HRESULT.
  GroupReply refresh_role(GuestIndex guest);
  // InjectNonMaskableInterrupt: 0 or 32775 invalid state. The guest bugchecks.
  std::uint32_t inject_nmi(GuestIndex guest);
  // CLUSCTL_RESOURCE_VM_CANCEL_MIGRATION: 0, or a Win32 error as HRESULT.
  GroupReply cancel_group_move(GuestIndex guest);
  // A move that somebody else asked for. False: it was refused as any other.
  bool foreign_move(GuestIndex guest, std::string_view destination);

  // ---- for Engine
  WireFault next_wire_fault(std::string_view machine, bool is_invoke);
  const std::vector<LedgerMove>& moves() const noexcept;
  const std::vector<LedgerCrash>& crashes() const noexcept;
  const std::vector<LedgerChange>& changes() const noexcept;
  const std::vector<LedgerTrouble>& troubles() const noexcept;
  std::map<std::string, std::string> owners() const;
  const std::vector<std::string>& violations() const noexcept;

private:
  Model();
  struct World;
  std::unique_ptr<World> world_;
};

} // namespace migstorm::lab
