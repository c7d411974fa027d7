#include "harness/scenario/canaries.hpp"
#include "harness/scenario/classify.hpp"
#include "harness/scenario/glob.hpp"
#include "harness/scenario/lab_rules.hpp"
#include "harness/scenario/plan.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

namespace migstorm {
namespace {

using hyperv::GuestFacts;
using hyperv::HostFacts;

// Msvm_VirtualSystemMigrationServiceSettingData.AuthenticationType
constexpr std::uint32_t kCredSsp = 0;

class Selector {
public:
  Selector(const Scenario& scenario, const LabFile& lab, std::vector<HostFacts> hosts)
      : scenario_(scenario), lab_(lab), hosts_(std::move(hosts)) {
    std::stable_sort(hosts_.begin(), hosts_.end(), [this](const HostFacts& left, const HostFacts& right) {
      return place_in_lab(left.host) < place_in_lab(right.host);
    });
  }

  // Why the guest must stay out; absent: it may be moved.
  std::optional<std::string> objection(const GuestFacts& guest) const {
    if (is_canary(lab_, guest.id)) {
      return "it is a canary, which may be crashed and is not moved";
    }
    if (names_guest(lab_.never, guest.name, guest.id)) {
      return "the lab file's never: names it";
    }
    if (!glob_match(scenario_.guests_match, guest.name)) {
      return fmt::format("its name does not match {}", units::quoted(scenario_.guests_match));
    }
    if (!lab_.allowed_guests.empty() && !names_guest(lab_.allowed_guests, guest.name, guest.id)) {
      return "the lab file's allow: does not name it";
    }
    if (guest.notes.find(lab_.mark) == std::string::npos && !named_by_guid(guest)) {
      return fmt::format(
          "its Notes do not hold the mark {}, and the lab file's allow: does not name its GUID",
          units::quoted(lab_.mark));
    }
    if (guest.state != hyperv::EnabledState::enabled) {
      return fmt::format("it is not running but {}", hyperv::to_string(guest.state));
    }
    return unmovable(guest);
  }

  // Hosts the guest can go to, its own included, in the lab file's order.
  std::vector<hyperv::HostName> reach(const GuestFacts& guest) const {
    std::vector<hyperv::HostName> names;
    const HostFacts* const own = find(guest.host);
    for (const HostFacts& host : hosts_) {
      const bool here = &host == own;
      if (own != nullptr && allows_host(lab_, host.host) && can_take(*own, host, guest) &&
          (here || (may_own(guest, host) && knows(host, guest)))) {
        names.push_back(host.host);
      }
    }
    return names;
  }

private:
  std::size_t place_in_lab(const hyperv::HostName& name) const {
    const auto found = std::find_if(lab_.hosts.begin(), lab_.hosts.end(), [&](const Endpoint& host) {
      return equal_without_case(host.name, name);
    });
    return static_cast<std::size_t>(found - lab_.hosts.begin());
  }

  const HostFacts* find(const hyperv::HostName& name) const {
    const auto found = std::find_if(hosts_.begin(), hosts_.end(), [&](const HostFacts& host) {
      return equal_without_case(host.host, name);
    });
    return found != hosts_.end() ? &*found : nullptr;
  }

  bool named_by_guid(const GuestFacts& guest) const {
    return std::any_of(lab_.allowed_guests.begin(), lab_.allowed_guests.end(),
                       [&](const std::string& pattern) { return equal_without_case(pattern, guest.id); });
  }

  std::optional<std::string> unmovable(const GuestFacts& guest) const {
    const HostFacts* const own = find(guest.host);
    if (own == nullptr) {
      return fmt::format("its host {} was not probed", units::quoted(guest.host));
    }
    if (guest.group && scenario_.migrate.via == ViaChoice::wmi) {
      return "it is clustered, and via: wmi moves standalone guests only";
    }
    if (!guest.group && scenario_.migrate.via == ViaChoice::cluster) {
      return "it is standalone, and via: cluster moves clustered guests only";
    }
    if (guest.group && !own->cluster_name) {
      return fmt::format("it is clustered, and its host {} does not name its cluster",
                         units::quoted(own->host));
    }
    if (!guest.group && !own->namespaces.v2) {
      return fmt::format("it is standalone, and its host {} cannot move such guests live",
                         units::quoted(own->host));
    }
    if (!guest.group && own->authentication_type == kCredSsp && has_credential_guard(*own)) {
      return fmt::format(
          "it is standalone, and its host {} moves guests with CredSSP, which Credential Guard of that "
          "release refuses: set the host's live migrations to Kerberos, with constrained delegation",
          units::quoted(own->host));
    }
    if (!moves_live(*own)) {
      return fmt::format("live migration is switched off on its host {}", units::quoted(own->host));
    }
    if (!allows_host(lab_, own->host)) {
      return fmt::format("its host {} is not named by the lab file's allow: hosts", units::quoted(own->host));
    }
    for (const hyperv::DiskFacts& disk : guest.disks) {
      if (!lab_.allowed_volumes.empty() && !names_path(lab_.allowed_volumes, disk.path)) {
        return fmt::format("its disk {} lies on no volume that the lab file's allow: volumes names",
                           units::quoted(disk.path));
      }
    }
    if (auto objection = classify(guest).objection) {
      return objection;
    }
    return reach(guest).size() < 2 ? std::optional(nowhere(*own, guest)) : std::nullopt;
  }

  // Why no other host takes it.
  std::string nowhere(const HostFacts& own, const GuestFacts& guest) const {
    std::size_t unknown_to = 0;
    std::size_t barred = 0;
    for (const HostFacts& host : hosts_) {
      if (&host == &own || !allows_host(lab_, host.host) || !can_take(own, host, guest)) {
        continue;
      }
      barred += may_own(guest, host) ? 0U : 1U;
      unknown_to += knows(host, guest) ? 0U : 1U;
    }
    if (barred > 0) {
      return "its possible owners leave no other host that could take it: add one in the cluster's manager";
    }
    if (unknown_to > 0) {
      return fmt::format(
          "no other host takes its configuration version {} and gives it back: choose guests of "
          "a version that the hosts have in common",
          guest.hardware.configuration.value_or(""));
    }
    return "there is no other host that could take it";
  }

  // A version or release that we do not know is the hosts' to refuse.
  static bool knows(const HostFacts& host, const GuestFacts& guest) {
    return takes_configuration(host.os_version, guest.hardware.configuration.value_or("")).value_or(true);
  }

  // On by default on domain members from build 26100 (2025) on.
  static bool has_credential_guard(const HostFacts& host) {
    constexpr std::string_view kTen = "10.0.";
    const std::string_view version = host.os_version;
    std::uint32_t build = 0;
    return version.starts_with(kTen) &&
           std::from_chars(version.data() + kTen.size(), version.data() + version.size(), build).ec ==
               std::errc() &&
           build >= 26100;
  }

  // Hosts without the migration service (2008 R2) have no such switch.
  static bool moves_live(const HostFacts& host) { return host.migration_enabled || !host.namespaces.v2; }

  // Neither kind leaves its cluster; a standalone guest on hosts without one stays among those.
  static bool can_take(const HostFacts& own, const HostFacts& host, const GuestFacts& guest) {
    const auto cluster_of = [](const HostFacts& facts) { return facts.cluster_name.value_or(""); };
    return moves_live(host) && equal_without_case(cluster_of(own), cluster_of(host)) &&
           (guest.group ? host.namespaces.cluster : host.namespaces.v2);
  }

  const Scenario& scenario_;
  const LabFile& lab_;
  std::vector<HostFacts> hosts_;
};

auto sort_key(const GuestFacts& guest) { return std::tie(guest.name, guest.id, guest.host); }

} // namespace

Selection select_guests(const Scenario& scenario, const LabFile& lab, std::vector<GuestFacts> guests,
                        std::vector<HostFacts> hosts) {
  const Selector selector(scenario, lab, std::move(hosts));
  // Hosts answer in any order; the plan must not depend on it.
  std::sort(guests.begin(), guests.end(),
            [](const GuestFacts& left, const GuestFacts& right) { return sort_key(left) < sort_key(right); });
  std::map<std::string, std::size_t> by_name;
  std::map<std::string, std::size_t> by_id;
  for (const GuestFacts& guest : guests) {
    ++by_name[guest.name];
    ++by_id[guest.id];
  }
  Selection selection;
  for (const GuestFacts& guest : guests) {
    auto objection = by_id[guest.id] > 1
                         ? std::optional<std::string>("several hosts say they have it, it may be moving")
                         : selector.objection(guest);
    if (objection) {
      const bool unique = by_name[guest.name] == 1;
      selection.left_out.push_back(
          {unique ? guest.name : fmt::format("{} ({})", guest.name, guest.id), std::move(*objection)});
    } else {
      for (std::string& remark : classify(guest).remarks) {
        selection.remarks.push_back({guest.id, std::move(remark)});
      }
      selection.chosen.push_back({guest.id, guest.name, guest.host, selector.reach(guest)});
    }
  }
  return selection;
}

} // namespace migstorm
