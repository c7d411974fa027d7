// Where the cluster lets a machine be, where it puts it, and what speaks against moving it at all.
#include "tools/lab/engine/world.hpp"

#include <algorithm>
#include <tuple>

namespace migstorm::lab {

namespace {

// A disc image or disk file that the destination does not reach.
constexpr std::uint32_t kDiskNotReachable = 0xc03a0014;
constexpr std::uint32_t kConnectTimedOut = 0x8007274c;
constexpr std::uint32_t kNoCredentials = 0x8009030e;
// Which codes hosts name for the rest is unverified. The destination lacks what was added behind the
// cluster's back (ERROR_FILE_NOT_FOUND), the pass-through disk (ERROR_NOT_FOUND), or the key of the virtual
// TPM (ERROR_INVALID_PARAMETER); a device is assigned (ERROR_NOT_SUPPORTED); the configuration version is not
// one of the destination's (ERROR_REVISION_MISMATCH).
constexpr std::uint32_t kFileNotFound = 0x80070002;
constexpr std::uint32_t kNoSuchDisk = 0x80070490;
constexpr std::uint32_t kKeyNotOpened = 0x80070057;
constexpr std::uint32_t kDeviceAssigned = 0x80070032;
constexpr std::uint32_t kRevisionMismatch = 0x8007051a;
constexpr std::uint16_t kMemoryOnly = 32768; // MigrationType

} // namespace

bool World::may_own(GuestIndex index, HostIndex node) const {
  const std::vector<HostIndex>& owners = guests[index].role.possible_owners;
  return owners.empty() || std::find(owners.begin(), owners.end(), node) != owners.end();
}

// Another machine of one of its anti-affinity classes is there. That never forbids a node.
bool World::avoids(GuestIndex index, HostIndex node) const {
  const std::vector<std::string>& classes = guests[index].role.anti_affinity;
  const std::vector<GuestIndex>& there = host_inside[node].guests;
  return !classes.empty() && std::any_of(there.begin(), there.end(), [&](GuestIndex other) {
    const std::vector<std::string>& theirs = guests[other].role.anti_affinity;
    return other != index && std::any_of(theirs.begin(), theirs.end(), [&](const std::string& name) {
             return std::find(classes.begin(), classes.end(), name) != classes.end();
           });
  });
}

// Among its possible owners: a node that it does not avoid, the one that it prefers most, the one with the
// fewest machines. Source of the order: the remarks on the group property AntiAffinityClassNames.
std::optional<HostIndex> World::failover_node(GuestIndex index) const {
  const std::vector<HostIndex>& preferred = guests[index].role.preferred_owners;
  std::optional<std::tuple<bool, std::ptrdiff_t, std::size_t, HostIndex>> best;
  for (const HostIndex node : cluster.nodes) {
    if (!hosts[node].up || hosts[node].paused || !may_own(index, node)) {
      continue;
    }
    const auto rank = std::find(preferred.begin(), preferred.end(), node) - preferred.begin();
    const auto here = std::tuple(avoids(index, node), rank, host_inside[node].guests.size(), node);
    best = best ? std::min(*best, here) : here;
  }
  return best ? std::optional(std::get<HostIndex>(*best)) : std::nullopt;
}

// Why no luck could make it land; 0: nothing stands in its way.
std::uint32_t World::hindrance_of(const Move& move) const {
  const Host& from = hosts[move.from];
  const Host& to = hosts[move.to];
  const Guest& guest = guests[move.guest];
  if (!to.up) {
    return kConnectTimedOut;
  }
  if (move.via == MoveVia::service && from.authentication_type == 0 && guards_credentials(from.release)) {
    return kNoCredentials;
  }
  if (move.via == MoveVia::cluster && guest.stale_role) {
    return kFileNotFound;
  }
  return hindrance_of(move.guest, move.to, move.migration_type);
}

// What of it is the guest's own and the destination's.
std::uint32_t World::hindrance_of(GuestIndex index, HostIndex to, std::uint16_t migration_type) const {
  const Guest& guest = guests[index];
  const Hardware& has = guest.hardware;
  if (!takes_configuration(hosts[to].release, guest.configuration)) {
    return kRevisionMismatch;
  }
  if (has.assigned_devices > 0) {
    return kDeviceAssigned;
  }
  if (!has.pass_through.empty()) {
    return kNoSuchDisk;
  }
  if (has.tpm) { // no guardian here whose certificates all hosts have
    return kKeyNotOpened;
  }
  const bool local =
      std::any_of(guest.disks.begin(), guest.disks.end(), [](const Disk& d) { return !d.shared; });
  // A move of memory alone needs disks that both hosts reach; a disc image stays where it is in any move.
  const bool disc_stays = !has.disc.empty() && !shared_path(has.disc);
  return disc_stays || (migration_type == kMemoryOnly && local) ? kDiskNotReachable : 0;
}

// Only what the hosts and the cluster show to whoever asks them.
std::vector<std::string> World::objections(GuestIndex index, std::string_view to) const {
  const Guest& guest = guests[index];
  const Hardware& has = guest.hardware;
  std::vector<std::string> found;
  const auto look = [&](bool holds, std::string_view what) {
    if (holds) {
      found.emplace_back(what);
    }
  };
  look(!has.pass_through.empty(), "a pass-through disk");
  look(std::any_of(guest.disks.begin(), guest.disks.end(),
                   [](const Disk& disk) { return disk.sharing != Sharing::own; }),
       "a disk that other guests share");
  look(has.assigned_devices > 0, "an assigned device");
  look(has.tpm, "a virtual TPM");
  look(has.shielded, "shielding");
  look(!has.disc.empty() && !shared_path(has.disc), "a disc image on its host");
  look(has.replication > Replication::primary, "the role of a replica");
  look(has.replication == Replication::primary && !guest.clustered, "a replica, and no broker before it");
  const auto host = find_host(to);
  look(guest.clustered && host && !may_own(index, *host), "possible owners, not the host that was named");
  return found;
}

} // namespace migstorm::lab
