#include "tools/lab/provider/disk_files.hpp"

namespace migstorm::lab {

namespace {

// CSV paths exist on nodes only; a file share is reached from everywhere.
bool reaches(const HostContext& context, const Guest& guest, const Disk& disk) {
  if (guest.host == context.index()) {
    return true;
  }
  return disk.shared && (context.host().clustered || !guest.clustered);
}

} // namespace

void each_disk_file(const HostContext& context, const std::function<void(const DiskFile&)>& each) {
  const auto& guests = context.model().guests();
  for (GuestIndex guest = 0; guest < guests.size(); ++guest) {
    const auto& disks = guests[guest].disks;
    for (std::size_t number = 0; number < disks.size(); ++number) {
      if (reaches(context, guests[guest], disks[number])) {
        each({&disks[number], context.model().file_size(guest, number),
              guests[guest].power == Power::running});
      }
    }
  }
  for (const LooseFile* file : context.model().loose_files(context.index())) {
    each({&file->disk, file->disk.file_size_empty, false});
  }
}

std::optional<DiskFile> find_disk_file(const HostContext& context, std::string_view path) {
  std::optional<DiskFile> found;
  each_disk_file(context, [&](const DiskFile& file) {
    if (!found && cim::iequals(file.disk->path, path)) {
      found = file;
    }
  });
  return found;
}

} // namespace migstorm::lab
