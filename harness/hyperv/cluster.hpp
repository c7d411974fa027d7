// The cluster a host belongs to, as root\MSCluster shows it.
#pragma once

#include "harness/hyperv/directory.hpp"
#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

// One query of the resources. The namespace must be there.
Task<Result<VmGroups>> read_vm_groups(Host& host);

// One query of the groups; those without a virtual machine are left out. unsupported: no cluster.
Task<Result<std::vector<Group>>> read_groups(Host& host, const Directory& directory);

// MSCluster_Resource.PrivateProperties.MigrationFailureReason.
Task<Result<std::uint32_t>> read_move_failure(Host& host, std::string group);

// Two queries, of nodes and of shared volumes. unsupported: no cluster.
Task<Result<ClusterState>> read_cluster_state(Host& host, const Directory& directory);

} // namespace migstorm::hyperv
