#include "harness/campaign/growth.hpp"

namespace migstorm::campaign {
namespace {

// A smaller file is a disk that was recycled: all it has now was written since.
std::uint64_t growth_between(std::uint64_t before, std::uint64_t after) noexcept {
  return after >= before ? after - before : after;
}

} // namespace

Growth::Growth(const GuestTable& guests, const std::vector<hyperv::GuestFacts>& facts)
    : disks_(guests.size()), totals_(guests.size()), grows_(guests.size()) {
  std::map<std::vector<HostId>, std::size_t> by_reach;
  for (const hyperv::GuestFacts& known : facts) {
    const auto guest = guests.find(known.id);
    if (!guest || known.disks.empty()) {
      continue;
    }
    const auto& reach = guests[*guest].reach;
    const auto [place, added] = by_reach.emplace(reach, questions_.size());
    if (added) {
      questions_.push_back(Question{reach, {}});
    }
    for (const hyperv::DiskFacts& disk : known.disks) {
      index_.emplace(disk.path, Place{*guest, disks_[*guest].size()});
      disks_[*guest].push_back(Disk{disk.path, 0, 0, false, false});
      questions_[place->second].paths.push_back(disk.path);
      grows_[*guest] |= disk.type == hyperv::DiskType::dynamic ? 1 : 0;
    }
  }
}

std::vector<std::uint32_t> Growth::measured(const std::vector<hyperv::DiskSize>& sizes) {
  std::map<std::uint32_t, std::size_t> seen;
  for (const hyperv::DiskSize& one : sizes) {
    const auto place = index_.find(one.path);
    if (place == index_.end()) {
      continue;
    }
    Disk& disk = disks_[place->second.guest][place->second.disk];
    if (!disk.known) {
      disk.size_before = one.file_size; // the first measurement is where growth is counted from
      disk.known = true;
    } else {
      const std::uint64_t grown = growth_between(disk.size, one.file_size);
      total_ += grown;
      totals_[place->second.guest] += grown;
      disk.fresh = true;
    }
    disk.size = one.file_size;
    ++seen[place->second.guest];
  }
  std::vector<std::uint32_t> complete;
  for (const auto& [guest, count] : seen) {
    if (count == disks_[guest].size()) {
      complete.push_back(guest);
    }
  }
  return complete;
}

std::optional<std::uint64_t> Growth::take(std::uint32_t guest) {
  std::uint64_t grown = 0;
  bool complete = !disks_[guest].empty();
  for (const Disk& disk : disks_[guest]) {
    complete = complete && disk.fresh;
    grown += growth_between(disk.size_before, disk.size);
  }
  if (!complete) {
    return std::nullopt;
  }
  for (Disk& disk : disks_[guest]) {
    disk.size_before = disk.size;
    disk.fresh = false;
  }
  return grown;
}

} // namespace migstorm::campaign
