#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace migstorm::lab {
namespace {

constexpr std::size_t kViolationsMax = 1000;

} // namespace

void World::advance(Instant to) {
  while (agenda_.due(to)) {
    const Due due = agenda_.take();
    now = std::max(now, due.at);
    happen(due);
  }
  now = std::max(now, to);
  if (auto status = ledger.flush(); !status) {
    command_failed(status.error().detail);
  }
}

void World::happen(const Due& due) {
  const auto index = static_cast<std::uint32_t>(due.subject);
  const auto lives = [&] { return guest_inside[index].life == due.stamp; };
  if (happen_foreign(due)) {
    return;
  }
  switch (due.kind) {
  case DueKind::move_switch:
    return switch_over(due.subject);
  case DueKind::move_end:
    return end_due(due.subject);
  case DueKind::guest_crash:
    return lives() ? crash(index) : void();
  case DueKind::dump_done:
    return lives() ? dump_done(index) : void();
  case DueKind::guest_reset:
    return lives() ? reset_by_guest(index) : void();
  case DueKind::host_reset:
    return lives() ? reset_by_host(index) : void();
  case DueKind::boot_done:
    return lives() ? boot_done(index) : void();
  case DueKind::load_start:
    return lives() ? start_load(index) : void();
  case DueKind::failover:
    return lives() ? failover(index) : void();
  case DueKind::job_gone:
    return drop_job(static_cast<HostIndex>(due.stamp), due.subject);
  case DueKind::host_down_chance:
    return host_down_chance();
  case DueKind::host_up:
    return host_up(index);
  case DueKind::scheduled_job:
    return run_scheduled_job(due.subject);
  case DueKind::task_end:
    return end_task(due.subject);
  case DueKind::task_gone:
    tasks.erase(due.subject);
    return;
  default:
    return;
  }
}

// The ledger is written first. What cannot be written must not happen, or a client would be told of a thing
// that the next process does not know.
bool World::note_command(const std::vector<std::string>& words) {
  settle();
  note(words);
  const auto status = ledger.flush();
  return status || command_failed(status.error().detail);
}

bool World::command_failed(const std::string& what) {
  if (violations.empty() || violations.back() != what) {
    violate(what);
  }
  return false;
}

void World::violate(std::string what) {
  spdlog::debug("simulated cluster: {}", what);
  if (violations.size() < kViolationsMax) {
    violations.push_back(std::move(what));
  }
}

void World::record_change(std::string call, std::optional<GuestIndex> guest, std::string to) {
  std::vector<std::string> against = guest ? objections(*guest, to) : std::vector<std::string>();
  ledger_changes.push_back({now, std::move(call), guest ? guests[*guest].id : "",
                            guest ? guests[*guest].notes : "", std::move(to), std::move(against),
                            guest ? guests[*guest].name : ""});
}

void World::trouble_ended(const std::string& what) {
  for (LedgerTrouble& trouble : ledger_troubles) {
    if (trouble.what == what && trouble.to == Instant::max()) {
      trouble.to = now;
    }
  }
}

Span World::draw(Random& random, const std::pair<Span, Span>& range) {
  return Span(random.between(range.first.count(), std::max(range.first, range.second).count()));
}

std::string World::draw_guid(Random& random) {
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  return fmt::format("{:08X}-{:04X}-4{:03X}-{:04X}-{:012X}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | (low >> 48 & 0x3fff), low & 0xffffffffffff);
}

void World::log_host(HostIndex host, Event event, std::vector<std::string> strings) {
  const auto channel = static_cast<std::size_t>(kind_of(event).channel);
  host_inside[host].logs[channel].write(now, event, std::move(strings));
}

void World::start_session() {
  if (note_command({"open"})) {
    faults.start_session(++sessions);
  }
}

std::optional<HostIndex> World::find_host(std::string_view name) const {
  const auto found = host_names.find(lower(name));
  return found == host_names.end() ? std::nullopt : std::optional(static_cast<HostIndex>(found->second));
}

// Releases from 2022 on have a property of the cluster that overrides what the node says.
std::uint32_t World::limit_of(HostIndex host) const {
  return hosts[host].clustered && cluster.parallel_migrations ? *cluster.parallel_migrations
                                                              : hosts[host].migrations_max;
}

} // namespace migstorm::lab
