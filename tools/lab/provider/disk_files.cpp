#include "tools/lab/provider/disk_files.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace migstorm::lab {

namespace {

// CSV paths exist on nodes only; a file share is reached from everywhere.
bool reaches(const HostContext& context, const Guest& guest, const Disk& disk) {
  if (guest.host == context.index()) {
    return true;
  }
  return disk.shared && (context.host().clustered || !guest.clustered);
}

// Without case, from the end: that is where the paths of a cluster's disks differ.
bool same_path(std::string_view a, std::string_view b) noexcept {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return a.size() == b.size() &&
         std::equal(a.rbegin(), a.rend(), b.rbegin(), [&](char x, char y) { return upper(x) == upper(y); });
}

template <class Fits>
std::optional<DiskFile> until_found(const HostContext& context, Fits fits) {
  const auto& guests = context.model().guests();
  for (GuestIndex guest = 0; guest < guests.size(); ++guest) {
    const auto& disks = guests[guest].disks;
    for (std::size_t number = 0; number < disks.size(); ++number) {
      const DiskFile file{&disks[number], guest, number, guests[guest].power == Power::running};
      if (reaches(context, guests[guest], disks[number]) && fits(file)) {
        return file;
      }
    }
  }
  for (const LooseFile* loose : context.model().loose_files(context.index())) {
    const DiskFile file{&loose->disk, std::nullopt, 0, false};
    if (fits(file)) {
      return file;
    }
  }
  return std::nullopt;
}

} // namespace

std::uint64_t size_of(const HostContext& context, const DiskFile& file) {
  return file.guest ? context.model().file_size(*file.guest, file.number) : file.disk->file_size_empty;
}

void each_disk_file(const HostContext& context, const std::function<void(const DiskFile&)>& each) {
  std::set<std::string_view> shared; // what several guests have is one file
  until_found(context, [&](const DiskFile& file) {
    if (file.disk->sharing == Sharing::own || shared.insert(file.disk->path).second) {
      each(file);
    }
    return false;
  });
}

std::optional<DiskFile> find_disk_file(const HostContext& context, std::string_view path) {
  return until_found(context, [&](const DiskFile& file) { return same_path(file.disk->path, path); });
}

} // namespace migstorm::lab
