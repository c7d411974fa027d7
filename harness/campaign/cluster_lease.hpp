// Keeps a second run away from the cluster, on whatever machine it is: while a run goes on, a small disk file
// of ours lies on a volume of each cluster and of each host outside of one. Making a file that is there
// already is refused by the host, so only one run gets it; the size that it claims tells whose it is.
#pragma once

#include "harness/campaign/core.hpp"

namespace migstorm::campaign {

inline constexpr std::string_view kLeaseFile = "migstorm-lease.vhd";

// What the file of a run claims to hold, in bytes: the same for the same run, for two others alike once in 16
// million.
std::uint64_t lease_mark(std::string_view run) noexcept;

// The first volume by name that may be used, of those that lie on shared storage or, for a host outside of a
// cluster, do not; nothing: there is none. `allowed`: as the lab file's allow: volumes, empty for all.
std::optional<std::string> lease_volume(std::vector<std::string> volumes,
                                        const std::vector<std::string>& allowed, bool shared);

class ClusterLease {
public:
  explicit ClusterLease(Core& core) : core_(core) {}

  // busy: another run holds one of them, and what to do about it. Where no volume may be used, or the host
  // makes no file, there is no lease, and the journal says so.
  Task<Status> take();
  // Of a run that has ended or that somebody stopped; one that broke down keeps it for its resume.
  // What could not be deleted.
  Task<std::vector<Condition>> release();

private:
  struct Place {
    std::string subject;       // cluster or host
    std::vector<HostId> hosts; // any of them can be asked
    std::string path;          // of the file; empty: there is no lease
    bool asked = false;        // the file may be there, or come yet
    bool held = false;
  };

  std::vector<Place> places() const;
  Task<Status> find_volume(Place& place);
  Task<Status> take_one(Place& place);
  Task<Status> make_mark(Place& place);
  Task<Result<std::optional<std::uint64_t>>> read_mark(Place& place);
  Task<Result<std::optional<std::uint64_t>>> look_for_mark(Place& place);
  Task<bool> is_ours(Place& place);
  Task<Status> delete_mark(Place& place);
  void do_without(Place& place, std::string_view why);

  Core& core_;
  std::vector<Place> places_;
};

} // namespace migstorm::campaign
