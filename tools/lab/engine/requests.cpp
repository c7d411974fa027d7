// Commands as they arrive, and what a real host says no to.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {
namespace {

constexpr std::size_t kTextMax = 255; // of a name of a host or job

constexpr std::uint32_t kNotSupported = 32770;
constexpr std::uint32_t kInUse = 32774;

constexpr std::uint32_t kAccepted = 0;
constexpr std::uint32_t kWrongParameter = 0x80070057;
constexpr std::uint32_t kBusy = 0x800700aa;             // another migration runs
constexpr std::uint32_t kGroupNotFound = 0x80071395;    // 5013
constexpr std::uint32_t kWrongState = 0x8007139f;       // 5023
constexpr std::uint32_t kNotPossibleOwner = 0x80071398; // 5016
constexpr std::uint32_t kNodeNotFound = 0x800713b2;     // 5042
constexpr std::uint32_t kNodeDown = 0x800713ba;         // 5050
constexpr std::uint32_t kNodePaused = 0x800713ce;       // 5070
constexpr std::uint32_t kServiceNotActive = 0x80070426;

constexpr std::uint16_t kVirtualSystem = 32768;
constexpr std::uint16_t kVirtualSystemAndStorage = 32771;

std::string text_of(std::uint64_t number) { return std::to_string(number); }

} // namespace

// A host that already runs as many moves as it may.
std::optional<HostIndex> World::full_host(HostIndex from, HostIndex to) const {
  for (const HostIndex host : {from, to}) {
    if (host_inside[host].active >= limit_of(host)) {
      return host;
    }
  }
  return std::nullopt;
}

// Asking for more than a host takes is the harness's mistake, unless moves of others use up the limit.
std::string World::refuse_full(GuestIndex guest, HostIndex full, bool foreign) {
  const std::string limit = text_of(limit_of(full));
  log_host(full, Event::move_limit, {guests[guest].name, guests[guest].id, limit});
  std::string why =
      fmt::format("{} runs {} migrations, limit {}", hosts[full].name, host_inside[full].active, limit);
  if (!foreign && host_inside[full].foreign == 0) {
    violate(fmt::format("guest {} was asked to move while {}", guests[guest].name, why));
  }
  return why;
}

std::optional<MigrateReply> World::refuse(const MigrateRequest& request, HostIndex& to) const {
  const Guest& guest = guests[request.guest];
  if (hosts[guest.host].release == Release::w2008r2sp1) {
    return MigrateReply{kNotSupported, "", "this release has no migration service"};
  }
  if (request.migration_type != kVirtualSystem && request.migration_type != kVirtualSystemAndStorage) {
    return MigrateReply{kNotSupported, "",
                        fmt::format("migration type {} is not offered", request.migration_type)};
  }
  const auto host = find_host(request.destination);
  if (!host) {
    return MigrateReply{kInvalidParameter, "", "the destination host cannot be found"};
  }
  to = *host;
  if (to == guest.host) {
    return MigrateReply{kInvalidParameter, "", "the virtual machine is on that host already"};
  }
  if (guest.clustered) {
    return MigrateReply{kInvalidState, "", "the virtual machine is clustered, its cluster has to move it"};
  }
  if (guest.power != Power::running) {
    return MigrateReply{kInvalidState, "", "the virtual machine is not running"};
  }
  if (guest_inside[request.guest].move != 0) {
    return MigrateReply{kInvalidState, "", "the virtual machine is being migrated"};
  }
  if (busy(request.guest)) {
    return MigrateReply{kInvalidState, "", "another operation is in progress on the virtual machine"};
  }
  if (!hosts[guest.host].migration_enabled) {
    return MigrateReply{kNotAvailable, "", "live migration is not enabled on this host"};
  }
  return std::nullopt;
}

MigrateReply World::migrate(const MigrateRequest& request, bool foreign) {
  if (request.guest >= guests.size() || request.destination.size() > kTextMax) {
    return {kInvalidParameter, "", "there is no such virtual machine or host"};
  }
  if (!note_command({foreign ? "migrate-foreign" : "migrate", text_of(request.guest), request.destination,
                     text_of(request.migration_type)})) {
    return {kNotAvailable, "", "the ledger cannot be written"};
  }
  if (!foreign) {
    record_change("migrate", request.guest, request.destination);
  }
  MigrateReply reply = start_migrate(request, foreign);
  if (auto status = ledger.flush(); !status) {
    command_failed(status.error().detail);
  }
  return reply;
}

MigrateReply World::start_migrate(const MigrateRequest& request, bool foreign) {
  HostIndex to = 0;
  if (auto refusal = refuse(request, to)) {
    return *refusal;
  }
  if (const auto full = full_host(guests[request.guest].host, to)) {
    return {kInUse, "", refuse_full(request.guest, *full, foreign)};
  }
  Move& move = accept(request.guest, to, MoveVia::service, foreign, request.migration_type);
  add_job(move, request.destination);
  const std::uint64_t number = move.number;
  const HostIndex from = move.from;
  begin(move);
  return {kJobStarted, host_inside[from].jobs.at(number).id, ""};
}

std::optional<GroupReply> World::refuse_group(GuestIndex group, std::string_view node, std::uint32_t type,
                                              HostIndex& to) const {
  const Guest& guest = guests[group];
  if (!guest.clustered) {
    return GroupReply{kGroupNotFound, "there is no such group"};
  }
  const auto host = find_host(node);
  if (!host || !hosts[*host].clustered) {
    return GroupReply{kNodeNotFound, "there is no such node"};
  }
  to = *host;
  if (type != kMigrationTypeLive) {
    return GroupReply{kWrongParameter, "only live moves are carried out here"};
  }
  if (to == guest.host) {
    return GroupReply{kWrongParameter, "the group is on that node already"};
  }
  if (!may_own(group, to)) {
    return GroupReply{kNotPossibleOwner, "the node is not a possible owner of the group's resources"};
  }
  if (!hosts[to].up) {
    return GroupReply{kNodeDown, "the node is down"};
  }
  if (guest.power != Power::running) {
    return GroupReply{kWrongState, "the group is not online"};
  }
  if (hosts[to].paused) {
    return GroupReply{kNodePaused, "the node is paused"};
  }
  if (guest_inside[group].move != 0 || busy(group)) {
    return GroupReply{kBusy, "the group is being moved, or another operation is in progress"};
  }
  return std::nullopt;
}

GroupReply World::move_group(GuestIndex guest, std::string_view node, std::uint32_t flags, std::uint32_t type,
                             bool foreign) {
  if (guest >= guests.size() || node.size() > kTextMax) {
    return {kGroupNotFound, "there is no such group or node"};
  }
  if (!note_command({foreign ? "group-foreign" : "group", text_of(guest), std::string(node), text_of(flags),
                     text_of(type)})) {
    return {kServiceNotActive, "the ledger cannot be written"};
  }
  if (!foreign) {
    record_change("group", guest, std::string(node));
  }
  GroupReply reply = start_group_move(guest, node, flags, type, foreign);
  if (auto status = ledger.flush(); !status) {
    command_failed(status.error().detail);
  }
  return reply;
}

GroupReply World::start_group_move(GuestIndex guest, std::string_view node, std::uint32_t flags,
                                   std::uint32_t type, bool foreign) {
  HostIndex to = 0;
  if (type != kMigrationTypeLive && guests[guest].clustered) {
    violate(fmt::format("guest {} was asked to move in a way that is not live (type {})", guests[guest].name,
                        type));
  }
  if (auto refusal = refuse_group(guest, node, type, to)) {
    return *refusal;
  }
  const auto full = full_host(guests[guest].host, to);
  if (full && (flags & kMoveQueueEnabled) == 0) {
    return {kBusy, refuse_full(guest, *full, foreign)};
  }
  Move& move = accept(guest, to, MoveVia::cluster, foreign, kVirtualSystem);
  if (full) {
    log_host(*full, Event::move_limit, {guests[guest].name, guests[guest].id, text_of(limit_of(*full))});
    queue_.push_back(move.number);
  } else {
    begin(move);
  }
  return {kAccepted, ""};
}

GroupReply World::cancel_group_move(GuestIndex guest) {
  if (guest >= guests.size()) {
    return {kGroupNotFound, "there is no such group"};
  }
  if (!note_command({"cancel-group", text_of(guest)})) {
    return {kServiceNotActive, "the ledger cannot be written"};
  }
  record_change("cancel-group", guest, {});
  const auto move = open_moves.find(guest_inside[guest].move);
  if (move == open_moves.end() || move->second.switched) {
    return {kWrongState, "no move of the resource can be ended"};
  }
  if (!move->second.started) {
    std::erase(queue_, move->first);
  }
  finish(move->second, MoveEnd::cancelled, JobStatus::terminated);
  if (auto status = ledger.flush(); !status) {
    command_failed(status.error().detail);
  }
  return {kAccepted, ""};
}

std::uint32_t World::cancel_job(HostIndex host, std::string_view id, std::uint16_t requested_state) {
  constexpr std::uint16_t kTerminate = 4;
  constexpr std::uint16_t kKill = 5;
  if (host >= hosts.size() || id.size() > kTextMax ||
      (requested_state != kTerminate && requested_state != kKill)) {
    return kInvalidParameter;
  }
  if (!note_command({"cancel", text_of(host), std::string(id), text_of(requested_state)})) {
    return kNotAvailable;
  }
  const auto number = find_job(host, id);
  const auto open = number ? open_moves.find(*number) : open_moves.end();
  record_change("cancel", open != open_moves.end() ? std::optional(open->second.guest) : std::nullopt, {});
  if (!number) {
    return kInvalidParameter;
  }
  const auto move = open_moves.find(*number);
  if (move == open_moves.end() || move->second.switched) { // over, or too late to turn back
    return kInvalidState;
  }
  finish(move->second, MoveEnd::cancelled,
         requested_state == kKill ? JobStatus::killed : JobStatus::terminated);
  if (auto status = ledger.flush(); !status) {
    command_failed(status.error().detail);
  }
  return 0;
}

} // namespace migstorm::lab
