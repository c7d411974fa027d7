#include "harness/hyperv/probe.hpp"

#include "harness/hyperv/changes.hpp"
#include "harness/hyperv/cluster.hpp"
#include "harness/hyperv/software.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>
#include <limits>

namespace migstorm::hyperv {

namespace {

std::string name_of(std::optional<std::string_view> text) {
  return wsman::printable(text.value_or(""), kNameMax);
}

// "OS: 6.3.9600 SP: 0.0 Stack: 3.0"
std::string os_of(std::string_view product_version) {
  constexpr std::string_view kLabel = "OS:";
  const std::size_t at = product_version.find(kLabel);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = wsman::trimmed(product_version.substr(at + kLabel.size()));
  return wsman::printable(rest.substr(0, rest.find(' ')), kNameMax);
}

// Zero and absurd numbers say nothing that a plan could be built on.
std::optional<std::uint32_t> limit_of(std::optional<std::uint64_t> value) noexcept {
  const bool usable = value && *value >= 1 && *value <= std::numeric_limits<std::uint32_t>::max();
  return usable ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

Task<Status> read_operating_system(Host& host, HostFacts& facts) {
  Rows system = co_await query_if_known(host, std::string(kNamespaceCim),
                                        "SELECT Version, CSName FROM Win32_OperatingSystem");
  if (!system) {
    co_return std::move(system).error();
  }
  if (!system->empty()) {
    const std::string version = name_of(system->front().text("Version"));
    facts.os_version = version.empty() ? facts.os_version : version;
    facts.computer_name = name_of(system->front().text("CSName"));
  }
  Result<std::vector<std::string>> fixes = co_await read_hotfixes(host);
  if (!fixes) {
    co_return std::move(fixes).error();
  }
  facts.hotfixes = *std::move(fixes);
  co_return Unit{};
}

// Whether the namespace is there; its host row, the one that is not called by a GUID, tells the computer's
// name. The texts by which it could be picked in the query are translated on localised hosts.
Task<Result<bool>> find_namespace(Host& host, std::string_view ns, HostFacts& facts) {
  Rows systems = co_await host.client->query(std::string(ns), "SELECT Name FROM Msvm_ComputerSystem");
  if (!systems) {
    if (systems.error().code == Errc::not_found) {
      co_return false;
    }
    co_return std::move(systems).error();
  }
  for (const wsman::Instance& row : *systems) {
    const std::string name = name_of(row.text("Name"));
    if (!name.empty() && !to_guid(name)) {
      facts.computer_name = name;
    }
  }
  co_return true;
}

Task<Status> find_namespaces(Host& host, HostFacts& facts) {
  Result<bool> v2 = co_await find_namespace(host, kNamespaceV2, facts);
  if (!v2) {
    co_return std::move(v2).error();
  }
  Result<bool> v1 = co_await find_namespace(host, kNamespaceV1, facts);
  if (!v1) {
    co_return std::move(v1).error();
  }
  facts.namespaces.v2 = *v2;
  facts.namespaces.v1 = *v1;
  co_return Unit{};
}

Task<Status> read_migration_service(Host& host, Known& known) {
  HostFacts& facts = known.facts;
  const std::string ns(kNamespaceV2);
  Rows service = co_await query_if_known(
      host, ns, "SELECT MigrationServiceListenerIPAddressList FROM Msvm_VirtualSystemMigrationService");
  if (!service) {
    co_return std::move(service).error();
  }
  for (const wsman::Instance& row : *service) {
    for (const std::string_view address : row.texts("MigrationServiceListenerIPAddressList")) {
      facts.listener_addresses.push_back(wsman::printable(address, kNameMax));
    }
  }
  Rows settings =
      co_await query_if_known(host, ns,
                              "SELECT EnableVirtualSystemMigration, MaximumActiveVirtualSystemMigration, "
                              "AuthenticationType FROM Msvm_VirtualSystemMigrationServiceSettingData");
  if (!settings) {
    co_return std::move(settings).error();
  }
  if (!settings->empty()) {
    const wsman::Instance& row = settings->front();
    facts.migration_enabled = row.boolean("EnableVirtualSystemMigration").value_or(false);
    facts.migrations_max = limit_of(row.number("MaximumActiveVirtualSystemMigration")).value_or(1);
    facts.authentication_type = static_cast<std::uint32_t>(row.number("AuthenticationType").value_or(0));
  }
  co_return Unit{};
}

Task<Status> read_move_settings(Host& host, Known& known) {
  Rows rows = co_await query_if_known(
      host, std::string(kNamespaceV2),
      "SELECT * FROM Msvm_VirtualSystemMigrationSettingData WHERE MigrationType = 32768");
  if (!rows) {
    co_return std::move(rows).error();
  }
  if (!rows->empty()) {
    known.move_settings = MigrationSettings(rows->front());
  }
  co_return Unit{};
}

// Releases differ in the columns, so all are asked for; it is one row.
Task<Status> read_cluster(Host& host, Known& known) {
  Rows rows = co_await host.client->query(std::string(kNamespaceCluster), "SELECT * FROM MSCluster_Cluster");
  if (!rows) {
    // Only "there is no such thing" means that guests here stand alone: they are moved in another way than a
    // cluster's, and a wrong guess takes them down.
    if (rows.error().code == Errc::not_found) {
      co_return Unit{};
    }
    co_return std::move(rows).error();
  }
  HostFacts& facts = known.facts;
  facts.namespaces.cluster = true;
  if (!rows->empty()) {
    const wsman::Instance& row = rows->front();
    if (std::string name = name_of(row.text("Name")); !name.empty()) {
      facts.cluster_name = std::move(name);
    }
    facts.cluster_id = to_guid(row.text("ClusterInstanceID").value_or(""));
    facts.cluster_parallel_migrations = limit_of(row.number("MaximumParallelMigrations"));
  }
  Result<VmGroups> groups = co_await read_vm_groups(host);
  if (!groups) {
    co_return std::move(groups).error();
  }
  known.groups = std::move(*groups);
  co_return Unit{};
}

// The cluster must have been read. A node of 2008 R2 without any virtual machine cannot be tried: it takes
// control codes until it refuses one.
Task<Status> find_route(Host& host, Known& known) {
  HostFacts& facts = known.facts;
  if (!facts.namespaces.cluster) {
    co_return Unit{};
  }
  facts.cluster_route = ClusterRoute::move_params;
  if (!older_than(facts.os_version, 6, 2)) {
    co_return Unit{};
  }
  facts.cluster_route = ClusterRoute::resource_control;
  if (const VmGroup* any = known.groups.first(); any != nullptr && !any->resource.empty()) {
    const Result<bool> passes = co_await passes_control_codes(host, any->resource);
    if (!passes) {
      co_return passes.error();
    }
    facts.cluster_route = *passes ? ClusterRoute::resource_control : ClusterRoute::scheduled_job;
  }
  co_return Unit{};
}

Task<Status> read_virtualization(Host& host, Known& known) {
  Status found = co_await find_namespaces(host, known.facts);
  if (!found || !known.facts.namespaces.v2) {
    co_return found;
  }
  Status service = co_await read_migration_service(host, known);
  if (!service) {
    co_return service;
  }
  co_return co_await read_move_settings(host, known);
}

} // namespace

Task<Result<KnownPtr>> probe_host(Host& host) {
  Result<wsman::Identity> identity = co_await host.client->identify();
  if (!identity) {
    co_return std::move(identity).error();
  }
  auto known = std::make_shared<Known>();
  known->facts.host = host.endpoint.name;
  known->facts.wsman_version = wsman::printable(identity->product_version, kNameMax);
  known->facts.os_version = os_of(identity->product_version);

  Status part = co_await read_operating_system(host, known->facts);
  if (part) {
    part = co_await read_virtualization(host, *known);
  }
  if (part) {
    part = co_await read_cluster(host, *known);
  }
  if (part) {
    part = co_await find_route(host, *known);
  }
  if (!part) {
    co_return std::move(part).error();
  }
  host.habits = Habits();
  host.known = known;
  co_return host.known;
}

Task<Result<KnownPtr>> known_host(Host& host) {
  if (host.known) {
    co_return host.known;
  }
  co_return co_await probe_host(host);
}

} // namespace migstorm::hyperv
