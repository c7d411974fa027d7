#include "harness/hyperv/cluster.hpp"

#include "harness/hyperv/probe.hpp"

namespace migstorm::hyperv {

namespace {

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

Group to_group(const wsman::Instance& row, const Directory& directory) {
  Group group;
  group.name = std::string(row.text("Name").value_or(""));
  group.owner = directory.spelled(row.text("OwnerNode").value_or(""));
  group.state = to_group_state(row.signed_number("State"));
  group.queued = (row.number("StatusInformation").value_or(0) & kQueuedForMove) != 0;
  return group;
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

Task<Result<std::vector<Group>>> read_groups(Host& host, const Directory& directory) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  if (!(*known)->facts.namespaces.cluster) {
    co_return Error{Errc::unsupported, "the host has no root\\MSCluster"};
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
