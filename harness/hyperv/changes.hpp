// The one door: every call that changes a machine is in changes.cpp, each with its conditions. Each leaves
// once and is never repeated; Errc::unknown_outcome says that it may have been carried out.
//
// There is no other call here on purpose: a group's plain move takes its guest down, and power states, nodes,
// volumes, checkpoints and service settings are nobody's business but their owners'.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// Msvm_VirtualSystemMigrationService.MigrateVirtualSystemToHost, memory only, on the source. Refused: a guest
// that is in a cluster (moved behind its back it is lost to the cluster), a host that knows no such service
// (v1).
Task<Result<wsman::InvokeResult>> request_live_move(Host& source, KnownPtr known, GuestId guest,
                                                    std::string destination,
                                                    std::vector<std::string> destination_addresses);

// MSCluster_ResourceGroup.MoveToNewNodeParams with the property list that makes it a live move. Refused: a
// group in which the cluster shows no virtual machine, a node older than 2012.
Task<Result<wsman::InvokeResult>> request_group_move(Host& node, KnownPtr known, std::string group,
                                                     std::string destination);

// Msvm_MigrationJob.RequestStateChange(Terminate): the clean end of a move of ours.
Task<Result<wsman::InvokeResult>> request_move_end(Host& source, KnownPtr known, std::string job);

} // namespace migstorm::hyperv
