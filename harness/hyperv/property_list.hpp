// A cluster property list in bytes: how MSCluster_ResourceGroup.MoveToNewNodeParams is told what kind of move
// it is.
#pragma once

#include <cstdint>
#include <vector>

namespace migstorm::hyperv {

// Live migration for both resources of a virtual machine's group. Without it the group moves by its
// resources' OfflineAction, which takes the guest down.
std::vector<std::uint8_t> live_move_parameters();

} // namespace migstorm::hyperv
