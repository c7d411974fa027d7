// Which node owns which group and resource, which may own it, and which group holds which resources.
#include "tools/lab/provider/cluster_names.hpp"
#include "tools/lab/provider/links.hpp"
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

class ClusterLinker {
public:
  ClusterLinker(const HostContext& context, Links& links)
      : context_(context), model_(context.model()), links_(links) {}

  void link_nodes() {
    for (const auto index : model_.cluster().nodes) {
      add("MSCluster_ClusterToNode", cluster_path(context_, "MSCluster_Cluster", model_.cluster().name),
          node(index));
    }
  }

  void link_group(GuestIndex guest) {
    const auto view = model_.group_of(guest);
    const auto owner = node(view.owner);
    const auto group = cluster_path(context_, "MSCluster_ResourceGroup", std::string(view.name));
    add("MSCluster_NodeToActiveGroup", owner, group);
    for (const auto index : context_.guest(guest).role.preferred_owners) {
      add("MSCluster_ResourceGroupToPreferredNode", group, node(index));
    }
    for (const auto type : {kTypeVirtualMachine, kTypeConfiguration}) {
      const auto resource = cluster_path(context_, "MSCluster_Resource", resource_name(type, view.name));
      add("MSCluster_NodeToActiveResource", owner, resource);
      add("MSCluster_ResourceGroupToResource", group, resource);
      for (const auto index : possible_owners(context_, guest)) {
        add("MSCluster_ResourceToPossibleOwner", resource, node(index));
      }
    }
  }

  void link_groups() {
    for (GuestIndex guest = 0; guest < model_.guests().size(); ++guest) {
      if (model_.guests()[guest].clustered) {
        link_group(guest);
      }
    }
  }

private:
  void add(std::string_view association, cim::ObjectPath left, cim::ObjectPath right) {
    links_.push_back({&context_.schema().at(kMsCluster, association), std::move(left), std::move(right)});
  }

  cim::ObjectPath node(HostIndex index) const {
    return cluster_path(context_, "MSCluster_Node", model_.hosts()[index].name);
  }

  const HostContext& context_;
  const Model& model_;
  Links& links_;
};

// The guest whose group or resource it is; with one, nothing of the others is near.
std::optional<GuestIndex> guest_of_role(const HostContext& context, const cim::ObjectPath& object) {
  const auto* name = object.find("Name");
  if (name != nullptr && cim::iequals(object.class_name, "MSCluster_Resource")) {
    const auto resource = find_resource(context.model(), *name);
    return resource ? std::optional(resource->guest) : std::nullopt;
  }
  const bool group = name != nullptr && cim::iequals(object.class_name, "MSCluster_ResourceGroup");
  return group ? context.model().find_group(*name) : std::nullopt;
}

void near_cluster_links(const HostContext& context, const cim::ObjectPath* object, Links& links) {
  if (object != nullptr && !object->ns.empty() && !cim::iequals(object->ns, kMsCluster)) {
    return;
  }
  ClusterLinker linker(context, links);
  if (const auto guest = object != nullptr ? guest_of_role(context, *object) : std::nullopt) {
    return linker.link_group(*guest);
  }
  linker.link_nodes();
  linker.link_groups();
}

} // namespace

void add_cluster_links(Dispatch& dispatch, const HostContext& context) {
  std::vector<LinkEnds> ends;
  for (const std::string_view name :
       {"MSCluster_ClusterToNode", "MSCluster_NodeToActiveGroup", "MSCluster_NodeToActiveResource",
        "MSCluster_ResourceGroupToResource", "MSCluster_ResourceToPossibleOwner",
        "MSCluster_ResourceGroupToPreferredNode"}) {
    ends.push_back({&context.schema().at(kMsCluster, name), "GroupComponent", "PartComponent"});
  }
  add_link_source(
      dispatch, context.schema(), std::move(ends),
      [context](const cim::ObjectPath* object, Links& links) { near_cluster_links(context, object, links); });
}

} // namespace migstorm::lab
