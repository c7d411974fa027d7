// The inside of the model: all state, and the rules by which it changes. Everything follows from
// configuration, seed and the commands with their instants; that is what lets a ledger be gone on from.
// Files: world_start.cpp, world.cpp (time), replay.cpp, requests.cpp (commands and their refusals),
// scheduled_jobs.cpp, tasks.cpp, storage.cpp, foreign.cpp, moves.cpp, placement.cpp (what speaks against a
// host), jobs.cpp, crash.cpp, power.cpp (boots, hosts that die), disks.cpp (load).
#pragma once

#include "tools/lab/engine/agenda.hpp"
#include "tools/lab/engine/events.hpp"
#include "tools/lab/engine/faults.hpp"
#include "tools/lab/engine/ledger.hpp"
#include "tools/lab/engine/model.hpp"
#include "tools/lab/engine/tasks.hpp"
#include "tools/lab/engine/text.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace migstorm::lab {

// A bugcheck that the guest's next boot has to tell about.
struct CrashRecord {
  Instant at{};
  std::uint32_t code = 0;
  std::array<std::uint64_t, 4> parameters{};
  bool dumped = false;
  bool dump_fails = false;
  std::size_t number = 0;      // in the ledger
  make_dump::CrashFacts facts; // what the dump is made of
};

struct GuestInside {
  std::uint64_t move = 0; // the open one; 0: none
  std::uint64_t life = 0; // counts boots and power cuts: what was due in an earlier one is outdated
  bool wanted = true;     // starts again by itself after its host was down
  std::optional<Instant> load_since;
  Span loaded{};               // how long the load ran before load_since
  std::uint64_t struck_in = 0; // the move in which it crashed last, or is about to
  std::optional<CrashRecord> crash;
  std::optional<Instant> cut; // lost its power or was reset then, without a clean shutdown
  EventLog log;
};

struct HostInside {
  std::uint32_t active = 0;                   // moves that count against its limit
  std::uint32_t foreign = 0;                  // of them, moves nobody asked for through the wire
  std::vector<GuestIndex> guests;             // ascending
  std::map<std::uint64_t, MigrationJob> jobs; // by number of the move
  std::array<EventLog, kChannels> logs;
  std::uint32_t last_process = 1200;
};

class World {
public:
  World(const SimulatedConfig& from, CivilTime epoch, std::uint64_t seed, Ledger ledger);

  // ---- time
  void advance(Instant to);
  // What is due by now, so that a command finds the same world whether or not somebody advanced before it.
  void settle() { advance(now); }
  Status replay();

  // ---- commands; each is in the ledger before it changes anything
  MigrateReply migrate(const MigrateRequest& request, bool foreign);
  GroupReply move_group(GuestIndex guest, std::string_view node, std::uint32_t flags, std::uint32_t type,
                        bool foreign);
  std::uint32_t cancel_job(HostIndex host, std::string_view id, std::uint16_t requested_state);
  GroupReply cancel_group_move(GuestIndex guest);
  std::uint32_t schedule_job(HostIndex host, std::string_view command, std::uint32_t minute,
                             std::uint32_t& id);
  bool delete_job(HostIndex host, std::uint32_t id);
  TaskReply ask_task(HostIndex host, const TaskRequest& request);
  std::uint32_t delete_file(HostIndex host, std::string_view path);
  GroupReply refresh_role(GuestIndex index);
  std::uint32_t inject_nmi(GuestIndex index);
  void start_session();

  // ---- asking
  std::optional<HostIndex> find_host(std::string_view name) const;
  std::uint32_t limit_of(HostIndex host) const;
  bool may_own(GuestIndex index, HostIndex node) const;
  std::uint32_t hindrance_of(GuestIndex index, HostIndex to, std::uint16_t migration_type) const;
  Instant switch_at(const Move& move) const;
  MovePhase phase_of(const Move& move) const;
  MigrationJob job_view(const MigrationJob& job) const;
  std::optional<std::uint64_t> find_job(HostIndex host, std::string_view id) const;
  HeartbeatStatus heartbeat_of(GuestIndex index) const;
  bool load_alive(GuestIndex index) const;
  std::uint64_t file_size(GuestIndex index, std::size_t number) const;
  std::vector<KvpItem> intrinsic_kvp(GuestIndex index) const;
  bool reachable(GuestIndex index) const;
  bool busy(GuestIndex index) const { return guests[index].busy_until > now; }
  bool reaches(HostIndex host, const LooseFile& file) const;

  SimulatedConfig config;
  CivilTime epoch;
  Instant now{};
  Ledger ledger;
  Faults faults;
  std::uint64_t sessions = 0;

  std::vector<Host> hosts;
  std::vector<Guest> guests;
  ClusterFacts cluster;
  std::vector<HostInside> host_inside;
  std::vector<GuestInside> guest_inside;
  std::map<std::uint64_t, Move> open_moves;
  std::unordered_map<std::string, std::size_t> host_names; // lower case: NetBIOS, FQDN, address
  std::unordered_map<std::string, GuestIndex> guest_ids;   // lower case
  std::unordered_map<std::string, GuestIndex> guest_names; // lower case

  std::map<std::uint64_t, TaskJob> tasks; // by number in the order of their making
  std::vector<LooseFile> files;
  std::map<std::uint64_t, ScheduledJob> scheduled_jobs; // by number in the order of their making

  std::vector<LedgerMove> ledger_moves;
  std::vector<LedgerCrash> ledger_crashes;
  std::vector<LedgerChange> ledger_changes;
  std::vector<LedgerTrouble> ledger_troubles;
  std::vector<std::string> violations;

private:
  // ---- beginning (world_start.cpp)
  void add_host(const HostConfig& from);
  Release first_configuration(const GuestConfig& from) const;
  void add_guest(const GuestConfig& from);
  void add_disks(Guest& guest, const GuestConfig& from) const;
  void add_hardware(Guest& guest, const GuestConfig& from) const;
  std::string volume_of(std::size_t number) const;
  void add_cluster();

  // ---- time (world.cpp)
  void happen(const Due& due);
  bool command_failed(const std::string& what);
  bool note_command(const std::vector<std::string>& words);
  void note(const std::vector<std::string>& words) { ledger.write(now, words); }
  void violate(std::string what);
  void record_change(std::string call, std::optional<GuestIndex> guest, std::string to);
  void trouble_began(std::string what) { ledger_troubles.push_back({now, Instant::max(), std::move(what)}); }
  void trouble_ended(const std::string& what);
  Status repeat(const Ledger::Line& line);
  bool command_again(const std::vector<std::string>& words);
  bool job_command_again(const std::vector<std::string>& words);
  bool task_command_again(const std::vector<std::string>& words);
  Span draw(Random& random, const std::pair<Span, Span>& range);
  static std::string draw_guid(Random& random);
  static Checkpoint make_checkpoint(const Guest& guest, bool production, Instant created);
  void log_host(HostIndex host, Event event, std::vector<std::string> strings);

  // ---- requests.cpp
  std::optional<MigrateReply> refuse(const MigrateRequest& request, HostIndex& to) const;
  std::optional<GroupReply> refuse_group(GuestIndex group, std::string_view node, std::uint32_t type,
                                         HostIndex& to) const;
  MigrateReply start_migrate(const MigrateRequest& request, bool foreign);
  GroupReply start_group_move(GuestIndex guest, std::string_view node, std::uint32_t flags,
                              std::uint32_t type, bool foreign);
  std::optional<HostIndex> full_host(HostIndex from, HostIndex to) const;
  std::string refuse_full(GuestIndex guest, HostIndex full, bool foreign);

  // ---- scheduled_jobs.cpp
  void run_scheduled_job(std::uint64_t number);
  void run_command(HostIndex host, std::string_view command);

  // ---- foreign.cpp
  void arm_foreign(std::uint64_t seed);
  void foreign_chance();
  void foreign_event(Foreign event);
  void guest_event(Foreign event, GuestIndex guest);
  bool happen_foreign(const Due& due); // false: it is none of these
  std::optional<GuestIndex> any_guest(bool clustered_only);
  void move_elsewhere(GuestIndex index);
  void drain(HostIndex node);
  void occupy(GuestIndex guest, std::uint16_t operation, Span span);
  void checkpoint(GuestIndex guest);
  void backup();
  void trouble_volume(bool redirected); // else: out of reach
  void remove_guest(GuestIndex index);
  void recreate_guest(GuestIndex index);
  void rename_guest(GuestIndex index);

  // ---- tasks.cpp
  std::optional<TaskReply> refuse_task(HostIndex host, const TaskRequest& request) const;
  std::optional<TaskReply> refuse_power(const TaskRequest& request) const;
  bool at_once(const TaskRequest& request) const;
  void carry_out(HostIndex host, const TaskRequest& request);
  void end_task(std::uint64_t number);
  void drop_tasks(HostIndex host);

  // ---- storage.cpp
  std::optional<TaskReply> refuse_file(HostIndex host, const TaskRequest& request) const;
  std::optional<TaskReply> refuse_device(HostIndex host, const TaskRequest& request) const;
  std::optional<TaskReply> refuse_place(HostIndex host, const TaskRequest& request) const;
  bool path_taken(HostIndex host, std::string_view path) const;
  std::vector<LooseFile>::const_iterator find_file(HostIndex host, std::string_view path) const;
  void create_file(HostIndex host, const TaskRequest& request);
  void change_devices(HostIndex host, const TaskRequest& request);
  void put_image(HostIndex host, const TaskRequest& request);
  void take_image(HostIndex host, const TaskRequest& request);

  // ---- moves.cpp
  Move& accept(GuestIndex guest, HostIndex to, MoveVia via, bool foreign, std::uint16_t type);
  void draw_schedule(Move& move);
  void draw_move_fault(Move& move);
  void begin(Move& move);
  void switch_over(std::uint64_t number);
  void end_due(std::uint64_t number);
  void finish(Move& move, MoveEnd end, JobStatus job_state);
  void write_end(const Move& move, std::uint32_t hresult);
  void start_queued();
  void put_on(GuestIndex guest, HostIndex host);

  // ---- placement.cpp
  std::uint32_t hindrance_of(const Move& move) const;
  std::vector<std::string> objections(GuestIndex index, std::string_view to) const;
  bool avoids(GuestIndex index, HostIndex node) const;
  std::optional<HostIndex> failover_node(GuestIndex index) const;

  // ---- jobs.cpp
  void add_job(const Move& move, std::string destination);
  void end_job(const Move& move, JobStatus state, std::uint32_t hresult);
  void drop_job(HostIndex host, std::uint64_t number);

  // ---- crash.cpp
  double hazard_of(const Move& move) const;
  bool fixed(const Move& move) const;
  void draw_crash(const Move& move);
  void crash(GuestIndex index);
  void crash_with(GuestIndex index, std::uint64_t move, make_dump::Bugcheck bugcheck,
                  const make_dump::CrashFacts& facts);
  void dump_done(GuestIndex index);
  make_dump::CrashFacts crash_facts(const Guest& guest);
  void write_dump(const Guest& guest, const CrashRecord& crash) const;
  void write_boot_story(GuestIndex index);

  // ---- power.cpp
  void boot(GuestIndex index);
  void reset_by_guest(GuestIndex index);
  void restart(GuestIndex index);
  void power_on(GuestIndex index);
  void turn_off(GuestIndex index);
  void reset_by_host(GuestIndex index);
  void cut_power(GuestIndex index);
  void boot_done(GuestIndex index);
  void host_down_chance();
  void host_down(HostIndex index);
  void host_up(HostIndex index);
  void end_moves_of_dead(HostIndex host);
  void failover(GuestIndex index);

  // ---- disks.cpp
  void start_load(GuestIndex index);
  void stop_load(GuestIndex index);
  std::uint64_t written(GuestIndex index, const Disk& disk) const;

  Agenda agenda_;
  std::uint64_t jobs_scheduled_ = 0;
  std::uint64_t tasks_started_ = 0;
  std::deque<std::uint64_t> queue_; // of the cluster's moves, in the order of acceptance
  std::unordered_map<std::string, std::pair<HostIndex, std::uint64_t>> job_ids_; // upper case
  Random moves_random_;
  Random crash_random_;
  Random power_random_;
  Random id_random_;
  std::array<double, kForeign> foreign_{}; // per minute; 0: not in this run
  Random foreign_random_;
  Random task_random_;
};

// Not with disks that are no files of its own.
bool can_be_checkpointed(const Guest& guest);

// Bytes of the file of a disk that nothing was written to.
std::uint64_t empty_size(const Disk& disk);

inline constexpr std::string_view kHotfix = "KB2636573";

} // namespace migstorm::lab
