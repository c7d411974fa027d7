// Win32_Volume of a host: its own disks, and the cluster's shared volumes, which every node shows.
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kSystemSize = 500ULL << 30U; // bytes, of C:
constexpr std::uint64_t kSystemUsed = 60ULL << 30U;
constexpr std::uint64_t kDataSize = 8ULL
                                    << 40U; // of D:, where guests that are not clustered have local disks

struct VolumeFacts {
  std::string name;
  std::string device;
  std::uint64_t size = 0;
  std::uint64_t used = 0;
  bool own = false;
};

bool lies_on(const Disk& disk, std::string_view folder) {
  return disk.path.size() > folder.size() && cim::istarts_with(disk.path, folder) &&
         disk.path[folder.size()] == '\\';
}

// What guests' disks take there; of this host's guests only where the volume is its own. Shared volumes lie
// below C: by their paths and do not count there.
std::uint64_t used_by_guests(const HostContext& context, std::string_view folder, bool own) {
  std::uint64_t used = 0;
  const auto& guests = context.model().guests();
  for (GuestIndex guest = 0; guest < guests.size(); ++guest) {
    for (std::size_t disk = 0; disk < guests[guest].disks.size(); ++disk) {
      const bool reached = !own || (guests[guest].host == context.index() && !guests[guest].clustered);
      if (reached && lies_on(guests[guest].disks[disk], folder)) {
        used += context.model().file_size(guest, disk);
      }
    }
  }
  return used;
}

cim::InstancePtr row_of(const HostContext& context, const VolumeFacts& facts) {
  auto row = context.schema().prototype(context.schema().at(kCimv2, "Win32_Volume"));
  const bool shared_file_system = !facts.own && context.host().release != Release::w2008r2sp1;
  row.set("Name", text(facts.name))
      .set("Caption", text(facts.name))
      .set("DeviceID", text(facts.device))
      .set("DriveLetter", facts.own ? text(facts.name.substr(0, 2)) : null())
      .set("FileSystem", text(shared_file_system ? "CSVFS" : "NTFS"))
      .set("SystemName", text(context.host().name))
      .set("Capacity", number(facts.size))
      .set("FreeSpace", number(facts.size - std::min(facts.size, facts.used)))
      .set("BootVolume", flag(facts.name == R"(C:\)"))
      .set("PageFilePresent", flag(facts.name == R"(C:\)"));
  return share(std::move(row));
}

} // namespace

void add_volumes(Dispatch& dispatch, const HostContext& context) {
  const auto own = [context](std::string_view letter, std::uint64_t size, std::uint64_t used) {
    const std::string root = std::string(letter) + '\\';
    const std::string device = derived_guid(context.host().name, root);
    return row_of(context, {root, R"(\\?\Volume{)" + device + R"(}\)", size,
                            used + used_by_guests(context, letter, true), true});
  };
  dispatch.add_source(context.schema().at(kCimv2, "Win32_Volume"),
                      [context, own](const cim::Hint&, const Dispatch::Sink& sink) {
                        sink(own("C:", kSystemSize, kSystemUsed));
                        sink(own("D:", kDataSize, 0));
                        if (!context.host().clustered) {
                          return;
                        }
                        for (const Csv& volume : context.model().cluster().volumes) {
                          sink(row_of(context, {volume.path + '\\', volume.volume_name, volume.size,
                                                used_by_guests(context, volume.path, false), false}));
                        }
                      });
}

} // namespace migstorm::lab
