// Jobs of the migration service. A host remembers one for five minutes after its end, and forgets all when it
// restarts.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {
namespace {

constexpr std::size_t kJobsMax = 2048; // of one host; beyond it the oldest that ended goes early
constexpr Span kJobKept = std::chrono::minutes(5);
constexpr std::uint16_t kJobFailed = 32768;

} // namespace

void World::add_job(const Move& move, std::string destination) {
  MigrationJob job;
  job.id = draw_guid(id_random_);
  job.move = move.number;
  job.guest = move.guest;
  job.source = move.from;
  job.destination = move.to;
  job.destination_text = std::move(destination);
  job.migration_type = move.migration_type;
  job.submitted = job.started = job.state_changed = now;
  job_ids_.emplace(job.id, std::pair(move.from, move.number));
  auto& jobs = host_inside[move.from].jobs;
  if (jobs.size() >= kJobsMax) {
    const auto old =
        std::find_if(jobs.begin(), jobs.end(), [](const auto& entry) { return entry.second.ended; });
    if (old != jobs.end()) {
      drop_job(move.from, old->first);
    }
  }
  jobs.emplace(move.number, std::move(job));
}

void World::end_job(const Move& move, JobStatus state, std::uint32_t hresult) {
  auto& jobs = host_inside[move.from].jobs;
  const auto found = jobs.find(move.number);
  if (found == jobs.end()) {
    return;
  }
  MigrationJob& job = found->second;
  job.percent = job_view(job).percent; // of one that failed: how far it came
  job.state = state;
  job.ended = job.state_changed = now;
  if (state == JobStatus::completed) {
    job.percent = 100;
  } else if (state == JobStatus::exception) {
    job.error_code = kJobFailed;
    job.error =
        fmt::format("Virtual machine migration operation for '{}' failed at migration source '{}'. (Virtual "
                    "machine ID {}) The operation failed with error 0x{:08X}.",
                    guests[move.guest].name, hosts[move.from].name, guests[move.guest].id, hresult);
  } else {
    job.error_code = kJobFailed;
    job.error = "The migration was cancelled.";
  }
  agenda_.plan(now + kJobKept, DueKind::job_gone, move.number, move.from);
}

void World::drop_job(HostIndex host, std::uint64_t number) {
  auto& jobs = host_inside[host].jobs;
  if (const auto found = jobs.find(number); found != jobs.end()) {
    job_ids_.erase(found->second.id);
    jobs.erase(found);
  }
}

std::optional<std::uint64_t> World::find_job(HostIndex host, std::string_view id) const {
  const auto found = job_ids_.find(upper(id));
  return found == job_ids_.end() || found->second.first != host ? std::nullopt
                                                                : std::optional(found->second.second);
}

// A job under way as it is now.
MigrationJob World::job_view(const MigrationJob& job) const {
  MigrationJob view = job;
  const auto move = open_moves.find(job.move);
  if (job.ended || move == open_moves.end() || !move->second.started) {
    return view;
  }
  const MovePhase phase = phase_of(move->second);
  view.state = phase == MovePhase::starting ? JobStatus::starting : JobStatus::running;
  view.cancellable = !move->second.switched;
  const Span length = std::max<Span>(move->second.duration, Span(1));
  view.percent = static_cast<std::uint16_t>(std::min<std::int64_t>(99, (now - job.started) * 100 / length));
  return view;
}

} // namespace migstorm::lab
