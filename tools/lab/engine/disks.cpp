// The guests' load, and what one sees of a guest from outside: file sizes, heartbeat, key-value pairs.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <cmath>

namespace migstorm::lab {
namespace {

constexpr std::uint64_t kVhdBlock = 2ull << 20;
constexpr std::uint64_t kVhdBitmap = 512; // stands before every block
constexpr std::uint64_t kVhdxBlock = 32ull << 20;
constexpr std::uint64_t kFullPercent = 80; // then the disk is recycled: an empty one takes its place
constexpr Span kHeartbeatLost = std::chrono::seconds(5);

} // namespace

std::uint64_t empty_size(const Disk& disk) {
  constexpr std::uint64_t kSector = 512;
  if (disk.type == VhdType::fixed) {
    return disk.size_max + (disk.format == VhdFormat::vhd ? kSector : 4ull << 20);
  }
  if (disk.format == VhdFormat::vhdx) {
    return 4ull << 20;
  }
  const std::uint64_t blocks = (disk.size_max + (2ull << 20) - 1) / (2ull << 20);
  const std::uint64_t table = (blocks * 4 + kSector - 1) / kSector * kSector;
  return kSector + 1024 + table + kSector; // footer's copy, header, block table, footer
}

void World::start_load(GuestIndex index) {
  GuestInside& inside = guest_inside[index];
  if (!inside.load_since) {
    inside.load_since = now;
    note({"load", guests[index].id});
  }
}

void World::stop_load(GuestIndex index) {
  GuestInside& inside = guest_inside[index];
  if (inside.load_since) {
    inside.loaded += now - *inside.load_since;
    inside.load_since.reset();
  }
}

bool World::load_alive(GuestIndex index) const { return guest_inside[index].load_since.has_value(); }

// Bytes written to the disk since it was last empty.
std::uint64_t World::written(GuestIndex index, const Disk& disk) const {
  const GuestInside& inside = guest_inside[index];
  const Span ran = inside.loaded + (inside.load_since ? now - *inside.load_since : Span{});
  const std::uint64_t full_bytes = disk.size_max / 100 * kFullPercent;
  const auto full = static_cast<double>(full_bytes);
  const double bytes = std::chrono::duration<double>(ran).count() * static_cast<double>(disk.load_rate);
  return static_cast<std::uint64_t>(std::fmod(bytes, full));
}

std::uint64_t World::file_size(GuestIndex index, std::size_t number) const {
  const Disk& disk = guests[index].disks[number];
  if (disk.type == VhdType::fixed) {
    return disk.file_size_empty;
  }
  const bool vhd = disk.format == VhdFormat::vhd;
  const std::uint64_t block = vhd ? kVhdBlock : kVhdxBlock;
  const std::uint64_t blocks = (written(index, disk) + block - 1) / block;
  return disk.file_size_empty + blocks * (block + (vhd ? kVhdBitmap : 0));
}

bool World::reachable(GuestIndex index) const {
  const Guest& guest = guests[index];
  return guest.winrm && guest.power == Power::running && !guest.crashed && now >= guest.ready;
}

HeartbeatStatus World::heartbeat_of(GuestIndex index) const {
  const Guest& guest = guests[index];
  if (guest.power == Power::off || now < guest.ready) {
    return HeartbeatStatus::no_contact;
  }
  const bool silent = guest.crashed && now >= *guest.crashed + kHeartbeatLost;
  return silent || now < guest.flaps_until ? HeartbeatStatus::lost_communication : HeartbeatStatus::ok;
}

std::vector<KvpItem> World::intrinsic_kvp(GuestIndex index) const {
  const Guest& guest = guests[index];
  const ReleaseFacts& facts = facts_of(guest.release);
  std::vector<KvpItem> items = {
      {"FullyQualifiedDomainName", lower(guest.name) + ".lab.test"},
      {"OSName", std::string(facts.caption)},
      {"OSVersion", std::string(facts.os_version)},
      {"CSDVersion", facts.service_pack == 0 ? "" : fmt::format("Service Pack {}", facts.service_pack)},
      {"OSMajorVersion", std::to_string(facts.major)},
      {"OSMinorVersion", std::to_string(facts.minor)},
      {"OSBuildNumber", std::to_string(facts.build)},
      {"OSPlatformId", "2"},
      {"ServicePackMajor", std::to_string(facts.service_pack)},
      {"ServicePackMinor", "0"},
      {"SuiteMask", "400"},
      {"ProductType", "3"},
      {"OSEditionId", "8"},
      {"ProcessorArchitecture", "9"},
      {"IntegrationServicesVersion", guest.integration_services},
      {"NetworkAddressIPv4", guest_address(index)},
      {"NetworkAddressIPv6", ""},
      {"RDPAddressIPv4", guest_address(index)},
      {"RDPAddressIPv6", ""},
  };
  if (guest.power == Power::off || now < guest.ready) {
    for (KvpItem& item : items) {
      item.data.reset();
    }
  }
  return items;
}

} // namespace migstorm::lab
