#include "tools/lab/engine/digest.hpp"
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

namespace migstorm::lab {
namespace {

// The rules that a seed is valid with. Counted up when they change, so that an older ledger is refused.
constexpr int kEngineRevision = 2;

} // namespace

struct Model::World : lab::World {
  World(const SimulatedConfig& from, LabClock& clock_, std::uint64_t seed, Ledger kept)
      : lab::World(from, clock_.epoch(), seed, std::move(kept)), clock(clock_) {}
  LabClock& clock;
};

Model::Model() = default;
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::make(const SimulatedConfig& config, LabClock& clock, std::uint64_t seed,
                                           const std::string& ledger_path) {
  auto ledger = Ledger::open(ledger_path, fmt::format("migstorm-lab-ledger engine={} seed={} config={:016x}",
                                                      kEngineRevision, seed, digest_of(config)));
  if (!ledger) {
    return std::move(ledger).error();
  }
  std::unique_ptr<Model> model(new Model);
  model->world_ = std::make_unique<World>(config, clock, seed, *std::move(ledger));
  World& world = *model->world_;
  if (auto status = world.replay(); !status) {
    return std::move(status).error();
  }
  if (clock.now() < world.now) {
    return Error(Errc::malformed, fmt::format("ledger {}: it goes on until {} ns, the clock stands at {} ns",
                                              ledger_path, world.now.count(), clock.now().count()));
  }
  world.advance(clock.now());
  world.start_session();
  if (world.ledger.problem()) {
    return *world.ledger.problem();
  }
  return model;
}

void Model::advance() { world_->advance(world_->clock.now()); }
Instant Model::now() const noexcept { return world_->now; }
CivilTime Model::civil(Instant at) const noexcept { return world_->epoch + at; }

const SimulatedConfig& Model::config() const noexcept { return world_->config; }
const std::vector<Host>& Model::hosts() const noexcept { return world_->hosts; }
const std::vector<Guest>& Model::guests() const noexcept { return world_->guests; }
const ClusterFacts& Model::cluster() const noexcept { return world_->cluster; }

std::optional<HostIndex> Model::find_host(std::string_view name) const { return world_->find_host(name); }

std::optional<GuestIndex> Model::find_guest(std::string_view id) const {
  const auto found = world_->guest_ids.find(lower(id));
  return found == world_->guest_ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<GuestIndex> Model::find_group(std::string_view name) const {
  const auto found = world_->guest_names.find(lower(name));
  const bool grouped = found != world_->guest_names.end() && world_->guests[found->second].clustered;
  return grouped ? std::optional(found->second) : std::nullopt;
}

const std::vector<GuestIndex>& Model::guests_on(HostIndex host) const {
  return world_->host_inside[host].guests;
}
std::uint32_t Model::active_migrations(HostIndex host) const { return world_->host_inside[host].active; }

std::vector<MigrationJob> Model::jobs_on(HostIndex host) const {
  std::vector<MigrationJob> jobs;
  for (const auto& [number, job] : world_->host_inside[host].jobs) {
    jobs.push_back(world_->job_view(job));
  }
  return jobs;
}

std::optional<MigrationJob> Model::find_job(HostIndex host, std::string_view id) const {
  const auto number = world_->find_job(host, id);
  return number ? std::optional(world_->job_view(world_->host_inside[host].jobs.at(*number))) : std::nullopt;
}

HeartbeatStatus Model::heartbeat_of(GuestIndex guest) const { return world_->heartbeat_of(guest); }

std::uint64_t Model::uptime_ms(GuestIndex index) const {
  const Guest& guest = world_->guests[index];
  const auto ran = std::chrono::duration_cast<std::chrono::milliseconds>(world_->now - guest.powered);
  return guest.power == Power::off ? 0 : static_cast<std::uint64_t>(ran.count());
}

bool Model::reachable(GuestIndex guest) const { return world_->reachable(guest); }
bool Model::load_alive(GuestIndex guest) const { return world_->load_alive(guest); }

const Move* Model::move_of(GuestIndex guest) const {
  const std::uint64_t number = world_->guest_inside[guest].move;
  return number == 0 ? nullptr : &world_->open_moves.at(number);
}

bool Model::migrating(GuestIndex guest) const {
  const Move* const move = move_of(guest);
  return move != nullptr && move->started;
}

std::uint16_t Model::operation_of(GuestIndex guest) const {
  constexpr std::uint16_t kMigrating = 32774;
  return migrating(guest) ? kMigrating : world_->busy(guest) ? guests()[guest].operation : std::uint16_t{0};
}

std::uint64_t Model::file_size(GuestIndex guest, std::size_t disk) const {
  return world_->file_size(guest, disk);
}
std::vector<KvpItem> Model::intrinsic_kvp(GuestIndex guest) const { return world_->intrinsic_kvp(guest); }
MovePhase Model::phase_of(const Move& move) const { return world_->phase_of(move); }

bool Model::fits(GuestIndex guest, HostIndex destination, std::uint16_t migration_type) const {
  return world_->hindrance_of(guest, destination, migration_type) == 0;
}

GroupView Model::group_of(GuestIndex index) const {
  constexpr std::int32_t kOnline = 0;
  constexpr std::int32_t kOffline = 1;
  constexpr std::int32_t kPending = 4;
  constexpr std::uint64_t kQueued = 0x4;
  const Guest& guest = world_->guests[index];
  GroupView view{index, guest.name, guest.host, kOnline, 0, guest.last_failure};
  if (guest.power == Power::off) {
    view.state = world_->guest_inside[index].wanted ? kPending : kOffline; // wanted: it will start elsewhere
  } else if (const Move* const move = move_of(index)) {
    view.state = move->started ? kPending : kOnline;
    view.status_information = move->started ? 0 : kQueued;
  }
  return view;
}

const std::deque<EventRecord>& Model::host_log(HostIndex host, Channel channel) const {
  return world_->host_inside[host].logs[static_cast<std::size_t>(channel)].records();
}

const std::deque<EventRecord>& Model::guest_log(GuestIndex guest) const {
  return world_->guest_inside[guest].log.records();
}

MigrateReply Model::migrate(const MigrateRequest& request) { return world_->migrate(request, false); }

GroupReply Model::move_group(GuestIndex guest, std::string_view node, std::uint32_t flags,
                             std::uint32_t migration_type) {
  return world_->move_group(guest, node, flags, migration_type, false);
}

std::uint32_t Model::cancel_job(HostIndex host, std::string_view id, std::uint16_t requested_state) {
  return world_->cancel_job(host, id, requested_state);
}

std::uint32_t Model::schedule_job(HostIndex host, std::string_view command, std::uint32_t minute,
                                  std::uint32_t& id) {
  return world_->schedule_job(host, command, minute, id);
}

bool Model::delete_job(HostIndex host, std::uint32_t id) { return world_->delete_job(host, id); }

std::vector<ScheduledJob> Model::scheduled_jobs(HostIndex host) const {
  std::vector<ScheduledJob> jobs;
  for (const auto& [number, job] : world_->scheduled_jobs) {
    if (job.host == host) {
      jobs.push_back(job);
    }
  }
  return jobs;
}

TaskReply Model::ask_task(HostIndex host, const TaskRequest& request) {
  return world_->ask_task(host, request);
}

std::vector<TaskJob> Model::tasks_on(HostIndex host) const {
  std::vector<TaskJob> jobs;
  for (const auto& [number, job] : world_->tasks) {
    if (job.host == host) {
      jobs.push_back(job);
    }
  }
  return jobs;
}

std::optional<TaskJob> Model::find_task(HostIndex host, std::string_view id) const {
  for (const auto& [number, job] : world_->tasks) {
    if (job.host == host && lower(job.id) == lower(id)) {
      return job;
    }
  }
  return std::nullopt;
}

std::uint32_t Model::delete_file(HostIndex host, std::string_view path) {
  return world_->delete_file(host, path);
}

std::vector<const LooseFile*> Model::loose_files(HostIndex host) const {
  std::vector<const LooseFile*> files;
  for (const LooseFile& file : world_->files) {
    if (world_->reaches(host, file)) {
      files.push_back(&file);
    }
  }
  return files;
}

GroupReply Model::refresh_role(GuestIndex guest) { return world_->refresh_role(guest); }
std::uint32_t Model::inject_nmi(GuestIndex guest) { return world_->inject_nmi(guest); }

GroupReply Model::cancel_group_move(GuestIndex guest) { return world_->cancel_group_move(guest); }

bool Model::foreign_move(GuestIndex guest, std::string_view destination) {
  if (guest < world_->guests.size() && world_->guests[guest].clustered) {
    return world_->move_group(guest, destination, kMoveQueueEnabled, kMigrationTypeLive, true).hresult == 0;
  }
  const MigrateRequest request{guest, std::string(destination)};
  return world_->migrate(request, true).return_value == kJobStarted;
}

WireFault Model::next_wire_fault(std::string_view machine, bool is_invoke) {
  if (const auto host = find_host(machine)) {
    return world_->hosts[*host].up && world_->hosts[*host].winrm ? world_->faults.next_on_wire(is_invoke)
                                                                 : WireFault::refuse;
  }
  const auto guest = world_->guest_names.find(lower(machine));
  const bool there = guest != world_->guest_names.end() && world_->reachable(guest->second);
  return there ? world_->faults.next_on_wire(is_invoke) : WireFault::refuse;
}

const std::vector<LedgerMove>& Model::moves() const noexcept { return world_->ledger_moves; }
const std::vector<LedgerCrash>& Model::crashes() const noexcept { return world_->ledger_crashes; }

std::map<std::string, std::string> Model::owners() const {
  std::map<std::string, std::string> owners;
  for (const Guest& guest : world_->guests) {
    if (!guest.gone) {
      owners.emplace(guest.id, world_->hosts[guest.host].name);
    }
  }
  return owners;
}

const std::vector<LedgerChange>& Model::changes() const noexcept { return world_->ledger_changes; }
const std::vector<LedgerTrouble>& Model::troubles() const noexcept { return world_->ledger_troubles; }

const std::vector<std::string>& Model::violations() const noexcept { return world_->violations; }

} // namespace migstorm::lab
