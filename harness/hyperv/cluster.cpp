#include "harness/hyperv/cluster.hpp"

#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kVolumesMax = 1024;
constexpr std::uint64_t kQuarantined = 0x2;   // MSCluster_Node.StatusInformation (unverified; 2016 and later)
constexpr std::uint64_t kQueuedForMove = 0x4; // MSCluster_ResourceGroup.StatusInformation

// 2008 R2 has no StatusInformation (nor a queue): it is asked for all columns instead.
std::string groups_wql(bool by_name) {
  return by_name ? "SELECT Name, OwnerNode, State, StatusInformation FROM MSCluster_ResourceGroup"
                 : "SELECT * FROM MSCluster_ResourceGroup";
}

Task<Rows> query_groups(Host& host) {
  Rows rows =
      co_await host.client->query(std::string(kNamespaceCluster), groups_wql(host.habits.groups_by_name));
  if (rows || !is_refusal(rows.error().code) || !host.habits.groups_by_name) {
    co_return rows;
  }
  rows = co_await host.client->query(std::string(kNamespaceCluster), groups_wql(false));
  host.habits.groups_by_name = !rows;
  co_return rows;
}

Node to_node(const wsman::Instance& row, const Directory& directory) {
  Node node;
  node.name = directory.spelled(row.text("Name").value_or(""));
  node.state = to_node_state(row.signed_number("State"));
  node.quarantined = (row.number("StatusInformation").value_or(0) & kQuarantined) != 0;
  return node;
}

SharedVolume to_shared_volume(const wsman::Instance& row) {
  SharedVolume volume;
  volume.path = wsman::printable(row.text("Name").value_or(""), kTextMax);
  volume.fault_state = static_cast<std::uint32_t>(row.number("FaultState").value_or(0));
  volume.backup = row.number("BackupState").value_or(0) != 0;
  return volume;
}

Group to_group(const wsman::Instance& row, const Directory& directory) {
  Group group;
  group.name = std::string(row.text("Name").value_or(""));
  group.owner = directory.spelled(row.text("OwnerNode").value_or(""));
  group.state = to_group_state(row.signed_number("State"));
  group.queued = (row.number("StatusInformation").value_or(0) & kQueuedForMove) != 0;
  return group;
}

Task<Result<KnownPtr>> known_node(Host& host) {
  Result<KnownPtr> known = co_await known_host(host);
  if (known && !(*known)->facts.namespaces.cluster) {
    co_return Error{Errc::unsupported, "the host has no root\\MSCluster"};
  }
  co_return known;
}

} // namespace

Task<Result<VmGroups>> read_vm_groups(Host& host) {
  Rows rows =
      co_await host.client->query(std::string(kNamespaceCluster),
                                  "SELECT Name, Type, OwnerGroup, PrivateProperties FROM MSCluster_Resource "
                                  "WHERE Type = 'Virtual Machine'");
  if (!rows) {
    co_return std::move(rows).error();
  }
  co_return VmGroups(*rows);
}

Task<Result<std::uint32_t>> read_move_failure(Host& host, std::string group) {
  std::string wql =
      "SELECT PrivateProperties FROM MSCluster_Resource WHERE Type = 'Virtual Machine' AND OwnerGroup = " +
      quote_wql(group);
  Rows rows = co_await host.client->query(std::string(kNamespaceCluster), std::move(wql));
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::uint64_t reason = 0;
  for (const wsman::Instance& row : *rows) {
    for (const auto& properties : row.instances("PrivateProperties")) {
      reason = properties->number("MigrationFailureReason").value_or(reason);
    }
  }
  co_return static_cast<std::uint32_t>(reason);
}

Task<Result<ClusterState>> read_cluster_state(Host& host, const Directory& directory) {
  const Result<KnownPtr> known = co_await known_node(host);
  if (!known) {
    co_return known.error();
  }
  // Releases differ in the columns; nodes are few.
  Rows nodes = co_await host.client->query(std::string(kNamespaceCluster), "SELECT * FROM MSCluster_Node");
  if (!nodes) {
    co_return std::move(nodes).error();
  }
  Rows volumes =
      co_await query_if_known(host, std::string(kNamespaceCluster),
                              "SELECT Name, FaultState, BackupState FROM MSCluster_ClusterSharedVolume");
  if (!volumes) {
    co_return std::move(volumes).error();
  }
  ClusterState state;
  for (const wsman::Instance& row : *nodes) {
    state.nodes.push_back(to_node(row, directory));
  }
  for (const wsman::Instance& row : *volumes) {
    if (state.volumes.size() < kVolumesMax) {
      state.volumes.push_back(to_shared_volume(row));
    }
  }
  co_return state;
}

Task<Result<std::vector<Group>>> read_groups(Host& host, const Directory& directory) {
  const Result<KnownPtr> known = co_await known_node(host);
  if (!known) {
    co_return known.error();
  }
  Rows rows = co_await query_groups(host);
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<Group> groups;
  for (const wsman::Instance& row : *rows) {
    if ((*known)->groups.holds(row.text("Name").value_or(""))) {
      groups.push_back(to_group(row, directory));
    }
  }
  co_return groups;
}

} // namespace migstorm::hyperv
