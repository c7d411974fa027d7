// Hosts and guests of `simulated:`, with `count:` expanded.
#include "harness/scenario/units.hpp"
#include "tools/lab/engine/config_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace migstorm::lab {
namespace {

constexpr std::uint64_t kTib = 1ULL << 40U;
constexpr std::size_t kPathMax = 259;

// "sql" with count 8 gives sql-01 to sql-08, "NODE" gives NODE1 to NODE4.
std::string numbered(const std::string& name, std::uint64_t number, std::uint64_t count, bool guest) {
  const auto pattern = parse_pattern(name);
  if (pattern && pattern->numbered) {
    return fmt::format("{}{:0{}}{}", pattern->before, number, pattern->width, pattern->after);
  }
  if (count == 1) {
    return name;
  }
  if (!guest) {
    return fmt::format("{}{}", name, number);
  }
  return fmt::format("{}-{:0{}}", name, number, std::max<std::size_t>(2, std::to_string(count).size()));
}

bool name_taken(const yaml::Node& entry, const SimulatedConfig& config, const std::string& name) {
  const auto same = [&](const auto& other) { return lower(other.name) == lower(name); };
  if (std::any_of(config.hosts.begin(), config.hosts.end(), same) ||
      std::any_of(config.guests.begin(), config.guests.end(), same)) {
    entry.error(fmt::format("the name '{}' is given twice", name));
    return true;
  }
  return false;
}

// `clock_ahead: 90s` or `clock_behind: 90s`
Span read_clock(const yaml::Node& entry) {
  constexpr Span kMost = std::chrono::hours(48);
  const Span ahead = entry.key("clock_ahead").span(Span{}, kMost, Span{});
  const yaml::Node behind = entry.key("clock_behind");
  if (behind.defined() && ahead != Span{}) {
    behind.error("a clock is ahead or behind, not both");
  }
  return ahead - behind.span(Span{}, kMost, Span{});
}

HostConfig read_host(const yaml::Node& entry, const SimulatedConfig& config) {
  HostConfig host;
  host.release = read_release(entry.key("release"), host.release);
  const yaml::Node clustered = entry.key("clustered");
  host.clustered = clustered.flag(false);
  if (host.clustered && config.cluster_name.empty()) {
    clustered.error("there is no 'cluster' that this host could be a node of");
    host.clustered = false;
  }
  host.clock = read_clock(entry);
  host.migrations_max = static_cast<std::uint32_t>(
      entry.key("migrations_max").whole(1, 64, migrations_by_default(host.release)));
  host.winrm = entry.key("winrm").flag(winrm_by_default(host.release));
  host.subscriptions = entry.key("subscriptions").flag(true);
  host.kerberos = entry.key("authentication").choice({"credssp", "kerberos"}, 0) == 1;
  host.hotfixes = read_hotfixes(entry.key("hotfixes"));
  return host;
}

// The hosts that `on:` names, or those that can run such a guest.
std::vector<std::size_t> read_places(const yaml::Node& on, const HostGroups& groups,
                                     const SimulatedConfig& config, const GuestConfig& guest) {
  std::vector<std::size_t> places;
  for (const yaml::Node& name : on.list()) {
    const auto group = groups.find(lower(name.text()));
    if (group == groups.end()) {
      name.error(fmt::format("no host and no group of hosts is called {}", units::quoted(name.text())));
      continue;
    }
    for (const std::size_t host : group->second) {
      if (guest.clustered && !config.hosts[host].clustered) {
        name.error(fmt::format("a clustered guest cannot be on '{}', which is not clustered",
                               config.hosts[host].name));
        break;
      }
      if (!possible_owner(guest.role, host)) {
        name.error(fmt::format("'{}' is not among the guest's 'possible_owners'", config.hosts[host].name));
        break;
      }
      places.push_back(host);
    }
  }
  for (std::size_t host = 0; !on.defined() && host < config.hosts.size(); ++host) {
    if (config.hosts[host].clustered == guest.clustered && possible_owner(guest.role, host)) {
      places.push_back(host);
    }
  }
  return places;
}

DumpSettings read_crash_control(const yaml::Node& node, Release release) {
  DumpSettings dumps;
  if (!node.defined()) {
    return dumps;
  }
  constexpr std::array<std::uint32_t, 5> kNumbers = {0, 1, 2, 3, 7};
  const yaml::Node kind = node.key("dump");
  if (kind.defined()) {
    dumps.kind = kNumbers[kind.choice({"none", "complete", "kernel", "small", "automatic"}, 2)];
    if (dumps.kind == 7U && release < Release::w2012) {
      kind.error("automatic dumps came with 2012");
    }
  }
  dumps.restarts = node.key("restart").flag(true);
  dumps.overwrites = node.key("overwrite").flag(true);
  if (const yaml::Node file = node.key("page_file"); file.defined()) {
    dumps.page_file = file.bytes(0, kTib, 0);
  }
  dumps.free = node.key("free").bytes(0, kTib, dumps.free);
  dumps.dedicated_file = node.key("dedicated_file").text();
  if (dumps.dedicated_file.size() > kPathMax) {
    node.key("dedicated_file").error("longer than 259 characters");
    dumps.dedicated_file.clear();
  }
  node.finish();
  return dumps;
}

// A replica is off until somebody fails over to it.
bool read_running(const yaml::Node& node, Replication replication) {
  const bool off = replication == Replication::replica || replication == Replication::extended_replica;
  const bool running = node.flag(!off);
  if (off && running) {
    node.error("a replica does not run until somebody fails over to it");
  }
  return running && !off;
}

GuestConfig read_guest(const yaml::Node& entry) {
  GuestConfig guest;
  guest.clustered = entry.key("clustered").flag(false);
  guest.release = read_release(entry.key("release"), guest.release);
  guest.notes = entry.key("notes").text();
  if (guest.notes.size() > 4096) {
    entry.key("notes").error("longer than 4096 bytes");
    guest.notes.clear();
  }
  guest.clock = read_clock(entry);
  if (const auto configuration = entry.key("configuration"); configuration.defined()) {
    guest.configuration = read_release(configuration, guest.release);
  }
  guest.winrm = entry.key("winrm").flag(winrm_by_default(guest.release));
  guest.subscriptions = entry.key("subscriptions").flag(true);
  read_hardware(entry, guest);
  guest.running = read_running(entry.key("running"), guest.hardware.replication);
  guest.load_rate = entry.key("load").rate(0);
  if (guest.load_rate > (1ull << 40)) {
    entry.key("load").error("more than 1 TiB/s");
    guest.load_rate = 0;
  }
  guest.disks = read_disks(entry.key("disks"), guest.clustered);
  guest.hotfixes = read_hotfixes(entry.key("hotfixes"));
  guest.dumps = read_crash_control(entry.key("crash_control"), guest.release);
  guest.integration_services = entry.key("integration_services").text();
  const std::string& version = guest.integration_services;
  if (version.size() > 32 || version.find_first_not_of("0123456789.") != std::string::npos) {
    entry.key("integration_services")
        .error(fmt::format("{} is not a version like 6.1.7601.17514", units::quoted(version)));
    guest.integration_services.clear();
  }
  return guest;
}

void check_cluster(const yaml::Node& list, const SimulatedConfig& config) {
  for (const HostConfig& host : config.hosts) {
    for (const HostConfig& other : config.hosts) {
      if (host.clustered && other.clustered && !may_share_cluster(host.release, other.release)) {
        list.error(
            fmt::format("{} ({}) and {} ({}) cannot be nodes of one cluster: it is of one release, or of "
                        "two that follow each other from 2012r2 on",
                        host.name, facts_of(host.release).key, other.name, facts_of(other.release).key));
        return;
      }
    }
  }
}

const HostConfig& oldest_of(const SimulatedConfig& config, const std::vector<std::size_t>& places) {
  const auto oldest = std::min_element(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return config.hosts[a].release < config.hosts[b].release;
  });
  return config.hosts[*oldest];
}

void check_configuration(const yaml::Node& entry, const GuestConfig& guest, const HostConfig& host) {
  if (guest.configuration && !takes_configuration(host.release, *guest.configuration)) {
    entry.key("configuration")
        .error(fmt::format("{} ({}) does not run machines of that configuration", host.name,
                           facts_of(host.release).key));
  }
}

} // namespace

HostGroups read_hosts(const yaml::Node& list, SimulatedConfig& config) {
  HostGroups groups;
  for (const yaml::Node& entry : list.list()) {
    const std::string name = read_name(entry);
    const std::uint64_t count = entry.key("count").whole(1, kHostsMax, 1);
    HostConfig host = read_host(entry, config);
    entry.finish();
    if (config.hosts.size() + count > kHostsMax) {
      entry.error(fmt::format("more than {} hosts", kHostsMax));
      return groups;
    }
    for (std::uint64_t i = 1; i <= count && !name.empty(); ++i) {
      host.name = numbered(name, i, count, false);
      if (name_taken(entry, config, host.name)) {
        continue;
      }
      groups[lower(host.name)].push_back(config.hosts.size());
      if (lower(host.name) != lower(name)) {
        groups[lower(name)].push_back(config.hosts.size());
      }
      config.hosts.push_back(host);
    }
  }
  check_cluster(list, config);
  return groups;
}

void read_guests(const yaml::Node& list, const HostGroups& groups, SimulatedConfig& config) {
  for (const yaml::Node& entry : list.list()) {
    const std::string name = read_name(entry);
    const std::uint64_t count = entry.key("count").whole(1, kGuestsMax, 1);
    GuestConfig guest = read_guest(entry);
    guest.entry = name;
    read_role(entry, groups, config, guest);
    const yaml::Node on = entry.key("on");
    const auto places = read_places(on, groups, config, guest);
    entry.finish();
    if (config.guests.size() + count > kGuestsMax) {
      entry.error(fmt::format("more than {} guests", kGuestsMax));
      return;
    }
    if (places.empty()) {
      if (!on.defined()) { // otherwise it was said there
        entry.error(guest.clustered ? "no host is a node of the cluster, so nothing can run this guest"
                                    : "no host can run this guest, say which with 'on'");
      }
      continue;
    }
    check_configuration(entry, guest, config.hosts[places.front()]);
    check_hardware(entry, guest, oldest_of(config, places));
    for (std::uint64_t i = 1; i <= count && !name.empty(); ++i) {
      guest.name = numbered(name, i, count, true);
      guest.host = places[(i - 1) % places.size()];
      if (!name_taken(entry, config, guest.name)) {
        config.guests.push_back(guest);
      }
    }
  }
}

} // namespace migstorm::lab
