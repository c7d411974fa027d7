// How a cluster names what belongs to a virtual machine: the group is called like it, and holds two
// resources.
#pragma once

#include "tools/lab/provider/host_context.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

inline constexpr std::string_view kTypeVirtualMachine = "Virtual Machine";
inline constexpr std::string_view kTypeConfiguration = "Virtual Machine Configuration";

inline std::string resource_name(std::string_view type, std::string_view group) {
  return std::string(type) + " " + std::string(group);
}

struct ClusterResource {
  GuestIndex guest = 0;
  std::string_view type;
};
// By the resource's name, without case.
std::optional<ClusterResource> find_resource(const Model& model, std::string_view name);

// The nodes that may own the guest's resources: those that the cluster was told, or all.
const std::vector<HostIndex>& possible_owners(const HostContext& context, GuestIndex guest);

cim::ObjectPath cluster_path(const HostContext& context, std::string_view class_name, std::string name);

} // namespace migstorm::lab
