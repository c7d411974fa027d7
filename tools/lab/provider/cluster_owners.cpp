// Which nodes may own what belongs to a virtual machine, and which it prefers: by method from 2012 on, as
// associations (cluster_links.cpp) in every release.
#include "tools/lab/provider/cluster_names.hpp"
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint32_t kErrorResourceNotFound = 0x8007138f; // 5007

cim::MethodResult node_names(const HostContext& context, const std::vector<HostIndex>& nodes) {
  std::vector<std::string> names;
  names.reserve(nodes.size());
  for (const auto node : nodes) {
    names.push_back(context.model().hosts()[node].name);
  }
  auto result = returned(0);
  result.out.emplace_back("NodeNames", texts(names));
  return result;
}

cim::MethodResult get_possible_owners(const HostContext& context, const cim::ObjectPath& target) {
  const auto* name = target.find("Name");
  const auto resource = name != nullptr ? find_resource(context.model(), *name) : std::nullopt;
  return resource ? node_names(context, possible_owners(context, resource->guest))
                  : faulted(kErrorResourceNotFound, "there is no such resource");
}

// The groups that hold no virtual machine prefer no node.
cim::MethodResult get_preferred_owners(const HostContext& context, const cim::ObjectPath& target) {
  const auto* name = target.find("Name");
  const auto guest = name != nullptr ? context.model().find_group(*name) : std::nullopt;
  return guest ? node_names(context, context.guest(*guest).role.preferred_owners) : node_names(context, {});
}

} // namespace

const std::vector<HostIndex>& possible_owners(const HostContext& context, GuestIndex guest) {
  const auto& told = context.guest(guest).role.possible_owners;
  return told.empty() ? context.model().cluster().nodes : told;
}

void add_cluster_owners(Dispatch& dispatch, const HostContext& context) {
  if (context.host().release < Release::w2012) {
    return;
  }
  dispatch.add_method(context.schema().at(kMsCluster, "MSCluster_Resource"), "GetPossibleOwners",
                      [context](const cim::ObjectPath& target, const Arguments&) {
                        return get_possible_owners(context, target);
                      });
  dispatch.add_method(context.schema().at(kMsCluster, "MSCluster_ResourceGroup"), "GetPreferredOwners",
                      [context](const cim::ObjectPath& target, const Arguments&) {
                        return get_preferred_owners(context, target);
                      });
}

} // namespace migstorm::lab
