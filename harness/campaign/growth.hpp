// How much the guests' disks grew between two moves, from file sizes that are read for all guests together.
#pragma once

#include "harness/campaign/guests.hpp"

#include <map>

namespace migstorm::campaign {

class Growth {
public:
  Growth(const GuestTable& guests, const std::vector<hyperv::GuestFacts>& facts);

  // One question for each set of hosts that see the same disks: guests with the same reach.
  struct Question {
    std::vector<HostId> hosts; // any of them can be asked
    std::vector<std::string> paths;
  };
  const std::vector<Question>& questions() const noexcept { return questions_; }

  // Returns the guests all of whose disks are among them.
  std::vector<std::uint32_t> measured(const std::vector<hyperv::DiskSize>& sizes);
  // What all disks grew by, in bytes. More may have been written: into blocks that a file holds already.
  std::uint64_t total() const noexcept { return total_; }
  void recall(std::uint64_t total) noexcept { total_ = total; } // of the run before a resume
  // The same of one guest, since this process began to measure.
  std::uint64_t total(std::uint32_t guest) const noexcept { return totals_[guest]; }
  bool has_dynamic_disk(std::uint32_t guest) const noexcept { return grows_[guest] != 0; }
  // Growth since the last call for this guest; nothing without a newer measurement of all its disks.
  std::optional<std::uint64_t> take(std::uint32_t guest);

private:
  struct Disk {
    std::string path;
    std::uint64_t size = 0;
    std::uint64_t size_before = 0; // at the last take()
    bool known = false;
    bool fresh = false; // measured since the last take()
  };
  struct Place {
    std::uint32_t guest = 0;
    std::size_t disk = 0;
  };
  std::vector<std::vector<Disk>> disks_; // per guest
  std::map<std::string, Place, std::less<>> index_;
  std::vector<Question> questions_;
  std::vector<std::uint64_t> totals_; // per guest
  std::vector<char> grows_;           // per guest
  std::uint64_t total_ = 0;
};

} // namespace migstorm::campaign
