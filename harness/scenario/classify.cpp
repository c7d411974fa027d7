#include "harness/scenario/classify.hpp"

#include "harness/scenario/glob.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace migstorm {
namespace {

using hyperv::GuestFacts;
using hyperv::GuestHardware;

constexpr std::uint16_t kPrimary = 1; // ReplicationMode; above it: replica, test replica, extended replica

bool ends_without_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_without_case(text.substr(text.size() - end.size()), end);
}

bool begins_without_case(std::string_view text, std::string_view begin) {
  return equal_without_case(text.substr(0, begin.size()), begin);
}

// A share and a cluster volume are the same from every host.
bool local_path(std::string_view path) {
  return !path.starts_with(R"(\\)") && !begins_without_case(path, R"(C:\ClusterStorage\)");
}

std::optional<std::string> disk_objection(const GuestFacts& guest) {
  const GuestHardware& has = guest.hardware;
  if (has.physical_disk.value_or(false)) {
    return "a disk of its host is passed through to it: replace it by a virtual disk";
  }
  const bool set = std::any_of(guest.disks.begin(), guest.disks.end(), [](const hyperv::DiskFacts& disk) {
    return disk.format == hyperv::DiskFormat::vhd_set || ends_without_case(disk.path, ".vhds");
  });
  if (set || has.shared_disk.value_or(false)) {
    return "it shares a disk with other guests, and their cluster may fail over while it is moved: choose "
           "guests "
           "without shared disks";
  }
  const auto disc = std::find_if(has.discs.begin(), has.discs.end(), local_path);
  if (disc != has.discs.end()) {
    return fmt::format("the disc image {} lies on its host alone: eject it, or put it on a share",
                       units::quoted(*disc));
  }
  return std::nullopt;
}

std::optional<std::string> device_objection(const GuestHardware& has) {
  if (has.host_device.value_or(false)) {
    return "a device of its host is assigned to it (discrete device assignment): take the device away while "
           "the "
           "guest is off";
  }
  if (has.shielded.value_or(false)) {
    return "it is shielded, so a crash could not be seen and its dump not be read: choose a guest that is "
           "not";
  }
  if (has.tpm.value_or(false)) {
    return "it has a virtual TPM, whose key other hosts open only with the same guardian's certificates, and "
           "that "
           "cannot be seen from here: choose a guest without";
  }
  return std::nullopt;
}

std::optional<std::string> replica_objection(const GuestFacts& guest) {
  const std::uint16_t mode = guest.hardware.replication.value_or(0);
  if (mode > kPrimary) {
    return "it is a replica of a guest elsewhere: choose the primary, or remove the replication";
  }
  if (mode == kPrimary && !guest.group) {
    return "it is replicated from its host, and a move would break that off: remove the replication, or make "
           "the "
           "guest clustered behind a replica broker";
  }
  return std::nullopt;
}

void add_unknown(const GuestHardware& has, std::vector<std::string>& remarks) {
  std::string what;
  const auto look = [&what](bool known, std::string_view name) {
    if (!known) {
      what.append(what.empty() ? "" : ", ").append(name);
    }
  };
  look(has.physical_disk.has_value(), "pass-through disks");
  look(has.shared_disk.has_value(), "shared disks");
  look(has.virtual_function.has_value(), "SR-IOV");
  look(has.host_device.has_value(), "assigned devices");
  look(has.fibre_channel.has_value(), "virtual fibre channel");
  look(has.tpm.has_value(), "virtual TPM");
  look(has.shielded.has_value(), "shielding");
  look(has.replication.has_value(), "replication");
  look(has.checkpoints.has_value(), "checkpoints");
  look(has.configuration.has_value(), "the configuration version");
  if (!what.empty()) {
    remarks.push_back("its host does not tell of: " + what);
  }
}

std::vector<std::string> remarks_on(const GuestFacts& guest) {
  const GuestHardware& has = guest.hardware;
  std::vector<std::string> remarks;
  if (has.virtual_function.value_or(false)) {
    remarks.emplace_back("SR-IOV: while it moves, and on hosts without, its network is the synthetic one");
  }
  if (has.fibre_channel.value_or(false)) {
    remarks.emplace_back("virtual fibre channel: moves only to hosts with a virtual SAN of the same name");
  }
  if (has.checkpoints.value_or(false)) {
    remarks.emplace_back("it has checkpoints: what it writes goes to differencing files");
  }
  if (has.replication.value_or(0) == kPrimary) {
    remarks.emplace_back("it is replicated: that goes on only through a replica broker");
  }
  add_unknown(has, remarks);
  if (guest.group && guest.rules.possible_owners.empty()) {
    remarks.emplace_back("its cluster does not tell the possible owners");
  }
  if (guest.group && !guest.rules.anti_affinity) {
    remarks.emplace_back("its cluster does not tell the anti-affinity");
  }
  return remarks;
}

// Numbers of a version, "10.0.14393"; those that are not there are 0. Absent: it does not begin with one.
std::optional<std::array<unsigned, 3>> numbers_of(std::string_view text) {
  std::array<unsigned, 3> numbers{};
  for (unsigned& number : numbers) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{}) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (!text.starts_with('.')) {
      break;
    }
    text.remove_prefix(1);
  }
  return numbers;
}

struct Supported {
  std::array<unsigned, 3> since; // release
  std::array<unsigned, 3> oldest;
  std::array<unsigned, 3> newest;
};

// Microsoft's table has the long-term releases from 2012 R2 (5.0) on. Two rows are not from it: 4.0 of 2008
// R2 and 2012 is unverified, and 25398, an annual-channel release, is taken for its client of the same year.
// Up to 2012 R2 a host upgrades what comes to it for good, so only machines of its own version can go back.
constexpr std::array<Supported, 7> kSupported = {{{{6, 1, 0}, {4, 0, 0}, {4, 0, 0}},
                                                  {{6, 3, 0}, {5, 0, 0}, {5, 0, 0}},
                                                  {{10, 0, 14393}, {5, 0, 0}, {8, 0, 0}},
                                                  {{10, 0, 17763}, {5, 0, 0}, {9, 0, 0}},
                                                  {{10, 0, 20348}, {8, 0, 0}, {10, 0, 0}},
                                                  {{10, 0, 25398}, {8, 0, 0}, {11, 0, 0}},
                                                  {{10, 0, 26100}, {8, 0, 0}, {12, 0, 0}}}};

} // namespace

Classification classify(const GuestFacts& guest) {
  Classification result;
  result.objection = disk_objection(guest);
  if (!result.objection) {
    result.objection = device_objection(guest.hardware);
  }
  if (!result.objection) {
    result.objection = replica_objection(guest);
  }
  result.remarks = remarks_on(guest);
  return result;
}

std::optional<bool> takes_configuration(std::string_view os_version, std::string_view configuration) {
  const auto release = numbers_of(os_version);
  const auto version = numbers_of(configuration);
  if (!release || !version || *release < kSupported.front().since ||
      (*release)[2] > kSupported.back().since[2]) {
    return std::nullopt;
  }
  const auto* const next = std::find_if(kSupported.begin(), kSupported.end(),
                                        [&](const Supported& each) { return each.since > *release; });
  const Supported& row = *std::prev(next);
  return *version >= row.oldest && *version <= row.newest;
}

bool may_own(const GuestFacts& guest, const hyperv::HostFacts& host) {
  const std::vector<std::string>& owners = guest.rules.possible_owners;
  return !guest.group || owners.empty() ||
         std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) {
           return equal_without_case(owner, host.computer_name) || equal_without_case(owner, host.host);
         });
}

} // namespace migstorm
