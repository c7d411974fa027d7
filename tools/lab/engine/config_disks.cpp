// `disks:` of a simulated guest, with `count:` expanded.
#include "tools/lab/engine/config_reader.hpp"

#include <fmt/format.h>

namespace migstorm::lab {
namespace {

constexpr std::uint64_t kIdeDisksMax = 3; // of four places the system disk has one
constexpr std::uint64_t kDiskMin = 3ull << 20;
constexpr std::uint64_t kVhdMax = 2040ull << 30;
constexpr std::uint64_t kVhdxMax = 64ull << 40;

enum class DiskKind : std::uint8_t { file, shared, set, pass_through };

// What is said of a file does not fit a disk without one.
void refuse_file_keys(const yaml::Node& entry) {
  for (const std::string_view key : {"type", "format", "size", "storage"}) {
    if (const yaml::Node node = entry.key(key); node.defined()) {
      node.error(fmt::format("a pass-through disk is no file: it has no '{}'", key));
    }
  }
}

void check_sharing(const yaml::Node& entry, const DiskConfig& disk) {
  if (disk.bus != Bus::scsi) {
    entry.key("bus").error("a disk that guests share is on SCSI");
  }
  if (disk.format != VhdFormat::vhdx) {
    entry.key("format").error("a disk that guests share is a VHDX");
  }
  if (!disk.shared) {
    entry.key("storage").error("a disk that guests share lies where every host reaches it");
  }
}

void read_file(const yaml::Node& entry, DiskConfig& disk) {
  const bool own = disk.sharing == Sharing::own;
  disk.type = static_cast<VhdType>(entry.key("type").choice({"fixed", "dynamic"}, 1));
  disk.format = static_cast<VhdFormat>(entry.key("format").choice({"vhd", "vhdx"}, own ? 0 : 1));
  disk.size =
      entry.key("size").bytes(kDiskMin, disk.format == VhdFormat::vhd ? kVhdMax : kVhdxMax, disk.size);
  disk.shared = entry.key("storage").choice({"local", "shared"}, 1) == 1;
  if (!own) {
    check_sharing(entry, disk);
  }
}

DiskConfig read_disk(const yaml::Node& entry) {
  DiskConfig disk;
  const auto kind =
      static_cast<DiskKind>(entry.key("kind").choice({"file", "shared", "set", "pass-through"}, 0));
  disk.bus = static_cast<Bus>(entry.key("bus").choice({"scsi", "ide"}, 0));
  disk.pass_through = kind == DiskKind::pass_through;
  disk.sharing = kind == DiskKind::shared ? Sharing::shared_file
                 : kind == DiskKind::set  ? Sharing::disk_set
                                          : Sharing::own;
  disk.pass_through ? refuse_file_keys(entry) : read_file(entry, disk);
  return disk;
}

} // namespace

std::vector<DiskConfig> read_disks(const yaml::Node& list, bool clustered) {
  std::vector<DiskConfig> disks;
  std::uint64_t ide = 0;
  for (const yaml::Node& entry : list.list()) {
    const DiskConfig disk = read_disk(entry);
    if (clustered && !disk.shared) {
      entry.key("storage").error("a clustered guest has its disks on storage that every node reaches");
    }
    const std::uint64_t count = entry.key("count").whole(1, kDisksPerGuestMax, 1);
    entry.finish();
    ide += disk.bus == Bus::ide ? count : 0;
    if (disks.size() + count > kDisksPerGuestMax || ide > kIdeDisksMax) {
      entry.error(fmt::format("too many disks: a guest takes {}, of them {} on IDE", kDisksPerGuestMax,
                              kIdeDisksMax));
      return disks;
    }
    disks.insert(disks.end(), count, disk);
  }
  return disks;
}

} // namespace migstorm::lab
