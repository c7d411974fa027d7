// Disk files and drives that are made, attached, detached and deleted while the lab runs.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {
namespace {

constexpr std::uint64_t kDiskMin = 3ull << 20;
constexpr std::uint64_t kVhdMax = 2040ull << 30;
constexpr std::uint64_t kVhdxMax = 64ull << 40;
constexpr std::size_t kFilesMax = 16384;
constexpr std::string_view kShare = "\\\\";

// What CIM_DataFile.Delete returns.
constexpr std::uint32_t kDeleteFailed = 8;
constexpr std::uint32_t kInvalidObject = 9;
constexpr std::uint32_t kSharingViolation = 15;

bool whole_path(std::string_view path, VhdFormat format) {
  const bool rooted = path.starts_with(kShare) || (path.size() > 3 && path.substr(1, 2) == ":\\");
  return rooted && lower(path).ends_with(format == VhdFormat::vhd ? ".vhd" : ".vhdx");
}

Place place_of(const Disk& disk) { return {disk.bus, disk.controller, disk.slot}; }

auto disk_at(auto& disks, const Place& place) {
  return std::find_if(disks.begin(), disks.end(), [&](const Disk& disk) { return place_of(disk) == place; });
}

bool drive_is_empty(const Guest& guest, const Place& place) {
  return std::find(guest.empty_drives.begin(), guest.empty_drives.end(), place) != guest.empty_drives.end();
}

// By a drive that is no disk file's.
bool has_other_drive(const Guest& guest, const Place& place) {
  const Hardware& has = guest.hardware;
  return (!has.disc.empty() && has.disc_drive == place) ||
         std::find(has.pass_through.begin(), has.pass_through.end(), place) != has.pass_through.end();
}

bool place_exists(const Guest& guest, const Place& place) {
  if (place.bus == Bus::ide && guest.hardware.generation == 2) {
    return false;
  }
  return place.bus == Bus::scsi ? place.controller < guest.scsi_controllers && place.slot < kScsiSlots
                                : place.controller < kIdeControllers && place.slot < kIdeSlots;
}

TaskReply no(std::uint32_t value, std::string why) { return {value, "", std::move(why)}; }

} // namespace

bool World::reaches(HostIndex host, const LooseFile& file) const {
  return file.host ? *file.host == host : hosts[host].clustered || !on_shared_volume(file.disk.path);
}

std::vector<LooseFile>::const_iterator World::find_file(HostIndex host, std::string_view path) const {
  return std::find_if(files.begin(), files.end(), [&](const LooseFile& file) {
    return lower(file.disk.path) == lower(path) && reaches(host, file);
  });
}

bool World::path_taken(HostIndex host, std::string_view path) const {
  const bool attached = std::any_of(guests.begin(), guests.end(), [&](const Guest& guest) {
    return (guest.host == host || shared_path(path)) &&
           std::any_of(guest.disks.begin(), guest.disks.end(),
                       [&](const Disk& disk) { return lower(disk.path) == lower(path); });
  });
  return attached || find_file(host, path) != files.end();
}

std::optional<TaskReply> World::refuse_file(HostIndex host, const TaskRequest& request) const {
  const std::uint64_t largest = request.format == VhdFormat::vhd ? kVhdMax : kVhdxMax;
  if (!whole_path(request.path, request.format) || request.size < kDiskMin || request.size > largest) {
    return no(kInvalidParameter, fmt::format("'{}' cannot be made with that size", request.path));
  }
  if (request.format == VhdFormat::vhdx && hosts[host].release < Release::w2012) {
    return no(kInvalidParameter, "this release knows no VHDX");
  }
  if (on_shared_volume(request.path) && !hosts[host].clustered) {
    return no(kFailed,
              fmt::format("'{}': the system cannot find the path specified (0x80070003)", request.path));
  }
  if (path_taken(host, request.path)) {
    return no(kFailed, fmt::format("'{}': the file exists (0x80070050)", request.path));
  }
  return files.size() < kFilesMax ? std::nullopt : std::optional(no(kFailed, "there is not enough space"));
}

void World::create_file(HostIndex host, const TaskRequest& request) {
  LooseFile file;
  file.disk.type = request.type;
  file.disk.format = request.format;
  file.disk.path = request.path;
  file.disk.size_max = request.size;
  file.disk.shared = shared_path(request.path);
  file.disk.file_size_empty = empty_size(file.disk);
  if (!file.disk.shared) {
    file.host = host;
  }
  files.push_back(std::move(file));
}

std::optional<TaskReply> World::refuse_device(HostIndex host, const TaskRequest& request) const {
  const Guest& guest = guests[request.guest];
  const bool off = guest.power == Power::off;
  if (request.kind == TaskKind::add_controller) {
    return off && guest.scsi_controllers < kScsiControllersMax
               ? std::nullopt
               : std::optional(
                     no(kInvalidState, "controllers are added while the machine is off, up to four"));
  }
  if (!place_exists(guest, request.place)) {
    return no(kInvalidParameter, "there is no such controller or place on it");
  }
  if (request.place.bus == Bus::ide && !off) {
    return no(kInvalidState, "IDE takes no changes while the machine runs");
  }
  return refuse_place(host, request);
}

// The place is there; what is in it decides.
std::optional<TaskReply> World::refuse_place(HostIndex host, const TaskRequest& request) const {
  const Guest& guest = guests[request.guest];
  const bool disk = disk_at(guest.disks, request.place) != guest.disks.end();
  const bool empty = drive_is_empty(guest, request.place);
  switch (request.kind) {
  case TaskKind::add_drive:
    return disk || empty || has_other_drive(guest, request.place)
               ? std::optional(no(kInvalidParameter, "the place is taken"))
               : std::nullopt;
  case TaskKind::add_image:
    if (empty && find_file(host, request.path) == files.end()) {
      return no(kFailed, fmt::format("'{}' cannot be found or is in use", request.path));
    }
    return empty ? std::nullopt : std::optional(no(kInvalidParameter, "there is no empty drive"));
  case TaskKind::remove_image:
    return disk ? std::nullopt : std::optional(no(kInvalidParameter, "there is no disk in that drive"));
  default: // remove_drive
    return empty
               ? std::nullopt
               : std::optional(no(disk ? kInvalidState : kInvalidParameter, "the drive is not an empty one"));
  }
}

void World::change_devices(HostIndex host, const TaskRequest& request) {
  Guest& guest = guests[request.guest];
  guest.stale_role = guest.clustered;
  switch (request.kind) {
  case TaskKind::add_controller:
    ++guest.scsi_controllers;
    return;
  case TaskKind::add_drive:
    guest.empty_drives.push_back(request.place);
    return;
  case TaskKind::add_image:
    return put_image(host, request);
  case TaskKind::remove_image:
    return take_image(host, request);
  default: // remove_drive
    std::erase(guest.empty_drives, request.place);
  }
}

// Nobody writes to it yet.
void World::put_image(HostIndex host, const TaskRequest& request) {
  Guest& guest = guests[request.guest];
  const auto file = find_file(host, request.path);
  Disk disk = file->disk;
  disk.bus = request.place.bus;
  disk.controller = request.place.controller;
  disk.slot = request.place.slot;
  files.erase(file);
  std::erase(guest.empty_drives, request.place);
  guest.disks.push_back(std::move(disk));
}

void World::take_image(HostIndex host, const TaskRequest& request) {
  Guest& guest = guests[request.guest];
  const auto found = disk_at(guest.disks, request.place);
  LooseFile file{*found, std::nullopt};
  file.disk.file_size_empty = file_size(request.guest, static_cast<std::size_t>(found - guest.disks.begin()));
  file.disk.load_rate = 0;
  if (!shared_path(file.disk.path)) {
    file.host = host;
  }
  guest.disks.erase(found);
  guest.empty_drives.push_back(request.place);
  files.push_back(std::move(file));
}

std::uint32_t World::delete_file(HostIndex host, std::string_view path) {
  if (host >= hosts.size() || path.size() > kPathMax) {
    return kInvalidObject;
  }
  if (!note_command({"delete-file", std::to_string(host), std::string(path)})) {
    return kDeleteFailed;
  }
  record_change("delete-file", std::nullopt, std::string(path));
  const auto file = find_file(host, path);
  if (file == files.end()) {
    return path_taken(host, path) ? kSharingViolation : kInvalidObject;
  }
  files.erase(file);
  return 0;
}

// The cluster reads the machine's configuration anew.
GroupReply World::refresh_role(GuestIndex index) {
  constexpr std::uint32_t kResourceNotFound = 0x8007138f; // 5007
  constexpr std::uint32_t kServiceNotActive = 0x80070426;
  if (index >= guests.size() || !guests[index].clustered) {
    return {kResourceNotFound, "there is no such resource"};
  }
  if (!note_command({"refresh", std::to_string(index)})) {
    return {kServiceNotActive, "the ledger cannot be written"};
  }
  guests[index].stale_role = false;
  return {};
}

} // namespace migstorm::lab
