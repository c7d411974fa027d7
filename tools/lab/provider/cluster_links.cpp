// Which node owns which group and resource, and which group holds which resources.
#include "tools/lab/provider/cluster_names.hpp"
#include "tools/lab/provider/links.hpp"
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

void link_all(const HostContext& context, Links& links) {
  const auto& model = context.model();
  const auto add = [&](std::string_view association, cim::ObjectPath left, cim::ObjectPath right) {
    links.push_back({&context.schema().at(kMsCluster, association), std::move(left), std::move(right)});
  };
  for (const auto node : model.cluster().nodes) {
    add("MSCluster_ClusterToNode", cluster_path(context, "MSCluster_Cluster", model.cluster().name),
        cluster_path(context, "MSCluster_Node", model.hosts()[node].name));
  }
  for (GuestIndex guest = 0; guest < model.guests().size(); ++guest) {
    if (!model.guests()[guest].clustered) {
      continue;
    }
    const auto view = model.group_of(guest);
    const auto node = cluster_path(context, "MSCluster_Node", model.hosts()[view.owner].name);
    const auto group = cluster_path(context, "MSCluster_ResourceGroup", std::string(view.name));
    add("MSCluster_NodeToActiveGroup", node, group);
    for (const auto type : {kTypeVirtualMachine, kTypeConfiguration}) {
      const auto resource = cluster_path(context, "MSCluster_Resource", resource_name(type, view.name));
      add("MSCluster_NodeToActiveResource", node, resource);
      add("MSCluster_ResourceGroupToResource", group, resource);
    }
  }
}

} // namespace

void add_cluster_links(Dispatch& dispatch, const HostContext& context) {
  std::vector<LinkEnds> ends;
  for (const std::string_view name :
       {"MSCluster_ClusterToNode", "MSCluster_NodeToActiveGroup", "MSCluster_NodeToActiveResource",
        "MSCluster_ResourceGroupToResource"}) {
    ends.push_back({&context.schema().at(kMsCluster, name), "GroupComponent", "PartComponent"});
  }
  add_link_source(dispatch, context.schema(), std::move(ends),
                  [context](const cim::ObjectPath* object, Links& links) {
                    if (object == nullptr || object->ns.empty() || cim::iequals(object->ns, kMsCluster)) {
                      link_all(context, links);
                    }
                  });
}

} // namespace migstorm::lab
