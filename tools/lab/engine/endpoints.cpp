// What a lab file need not say about a simulated cluster, and what tells two configurations apart.
#include "tools/lab/engine/config.hpp"
#include "tools/lab/engine/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace migstorm::lab {
namespace {

constexpr std::string_view kCredential = "lab";
// What the first ledgers knew of.
constexpr std::size_t kFirstFaults = 10;
constexpr std::size_t kFirstForeign = 12;

void add_endpoint(std::vector<Endpoint>& endpoints, const std::string& name, const std::string& address,
                  std::uint16_t port) {
  const bool known =
      std::any_of(endpoints.begin(), endpoints.end(), [&](const Endpoint& e) { return e.name == name; });
  if (!known) {
    Endpoint endpoint;
    endpoint.name = name;
    endpoint.url = fmt::format("http://{}:{}/wsman", address, port);
    endpoint.credential = kCredential;
    endpoints.push_back(std::move(endpoint));
  }
}

std::string text_of(const DiskConfig& disk) {
  std::string text = fmt::format("{}.{}.{}.{}.{}", static_cast<int>(disk.bus), static_cast<int>(disk.type),
                                 static_cast<int>(disk.format), disk.size, disk.shared);
  if (disk.pass_through || disk.sharing != Sharing::own) {
    text += fmt::format(".{}.{}", disk.pass_through, static_cast<int>(disk.sharing));
  }
  return text;
}

// Only what differs from a plain machine, so that ledgers of plain ones can still be gone on from.
std::string text_of_hardware(const GuestConfig& guest) {
  const auto text = [&](const GuestConfig& of) {
    const Hardware& its = of.hardware;
    return fmt::format(" hardware={}.{}.{}.{}.{}.{}.{}.{}.{}.{}", its.generation, its.virtual_function,
                       its.fibre_channel_ports, its.assigned_devices, its.tpm, its.shielded,
                       static_cast<int>(its.replication), static_cast<int>(of.disc), of.checkpoints.count,
                       of.checkpoints.production);
  };
  std::string all = text(guest) == text(GuestConfig()) ? std::string() : text(guest);
  const Role& role = guest.role;
  if (!role.possible_owners.empty() || !role.preferred_owners.empty() || !role.anti_affinity.empty()) {
    all += fmt::format(" role={};{};{}", fmt::join(role.possible_owners, ","),
                       fmt::join(role.preferred_owners, ","), fmt::join(role.anti_affinity, ","));
  }
  return all;
}

std::string text_of(const DumpSettings& dumps) {
  const auto text = [](const DumpSettings& of) {
    return fmt::format(" dumps={}.{}.{}.{}.{}.{}", of.kind.value_or(UINT32_MAX), of.restarts, of.overwrites,
                       of.page_file.value_or(UINT64_MAX), of.free, of.dedicated_file);
  };
  return text(dumps) == text(DumpSettings()) ? std::string() : text(dumps);
}

std::string text_of(const std::pair<Span, Span>& range) {
  return fmt::format("{}..{}", range.first.count(), range.second.count());
}

std::string text_of(const GuestConfig& guest) {
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {} {} {} {}", guest.name, guest.host, guest.clustered,
                  static_cast<int>(guest.release), guest.notes, guest.winrm, guest.running, guest.load_rate,
                  guest.clock.count(), fmt::join(guest.hotfixes, ","), guest.integration_services);
  if (guest.configuration) {
    text += fmt::format(" configuration={}", facts_of(*guest.configuration).key);
  }
  for (const DiskConfig& disk : guest.disks) {
    text += ' ' + text_of(disk);
  }
  return text + text_of_hardware(guest) + text_of(guest.dumps);
}

std::string text_of_subscriptions(const SimulatedConfig& config) {
  std::string text;
  const auto add = [&text](const auto& machine) {
    text += machine.subscriptions ? std::string() : fmt::format("{} no subscriptions\n", machine.name);
  };
  std::for_each(config.hosts.begin(), config.hosts.end(), add);
  std::for_each(config.guests.begin(), config.guests.end(), add);
  return text;
}

std::string text_of(const SimulatedConfig& config) {
  std::string text = fmt::format("{} {} {} {}\n", config.cluster_name, config.parallel_migrations.value_or(0),
                                 config.resource_control, config.volume_size);
  if (config.heartbeat_recovery) {
    text += fmt::format("recovery {}\n", config.heartbeat_recovery->count());
  }
  for (const HostConfig& host : config.hosts) {
    text += fmt::format("{} {} {} {} {} {} {} {}\n", host.name, static_cast<int>(host.release),
                        host.clustered, host.migrations_max, host.clock.count(), host.winrm, host.kerberos,
                        fmt::join(host.hotfixes, ","));
  }
  for (const GuestConfig& guest : config.guests) {
    text += text_of(guest) + '\n';
  }
  text += fmt::format("{} {} {} {} {} {}\n", text_of(config.moves.duration), text_of(config.moves.blackout),
                      config.crash.hazard, static_cast<int>(config.crash.fixed_by),
                      text_of(config.crash.dump), text_of(config.crash.reboot));
  for (const auto& [armed, first] :
       {std::pair(std::span<const FaultConfig>(config.faults), kFirstFaults),
        std::pair(std::span<const FaultConfig>(config.foreign), kFirstForeign)}) {
    for (std::size_t i = 0; i < armed.size(); ++i) {
      const FaultConfig& fault = armed[i];
      if (i < first || fault.armed) { // later ones only where they are armed: as above
        text += fmt::format("{} {} {}\n", fault.armed, fault.certain, fault.probability);
      }
    }
  }
  return text + text_of_subscriptions(config);
}

} // namespace

std::string host_address(std::size_t index) { return fmt::format("127.0.1.{}", index + 1); }

std::string guest_address(std::size_t index) {
  constexpr std::size_t kPerNet = 254; // 0 and 255 look like network and broadcast to some clients
  return fmt::format("127.0.{}.{}", 2 + index / kPerNet, 1 + index % kPerNet);
}

void describe_endpoints(SimulatedConfig& config, LabFile& lab) {
  lab.simulated = true;
  lab.allow_unencrypted = true; // the fronts speak plain http on loopback
  for (std::size_t i = 0; i < config.hosts.size(); ++i) {
    add_endpoint(lab.hosts, config.hosts[i].name, host_address(i), config.port);
  }
  for (std::size_t i = 0; i < config.guests.size(); ++i) {
    if (config.guests[i].winrm) {
      add_endpoint(lab.guests, config.guests[i].name, guest_address(i), config.port);
    }
  }
  const auto given = std::find_if(lab.credentials.begin(), lab.credentials.end(),
                                  [](const Credential& c) { return c.name == kCredential; });
  if (given == lab.credentials.end()) {
    Credential credential;
    credential.name = kCredential;
    credential.user = config.user;
    credential.password = config.password;
    lab.credentials.push_back(std::move(credential));
    return;
  }
  config.user = given->user;
  if (!given->password.empty()) {
    config.password = given->password;
  }
}

std::uint64_t digest_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

std::uint64_t digest_of(const SimulatedConfig& config) { return digest_of(text_of(config)); }

} // namespace migstorm::lab
