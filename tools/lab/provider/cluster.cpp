// root\MSCluster: the cluster, its nodes, groups, resources and shared volumes, the same from every node.
#include "tools/lab/provider/cluster_names.hpp"
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kGroupCore = 1; // GroupType
constexpr std::uint64_t kGroupAvailableStorage = 2;
constexpr std::uint64_t kGroupOnline = 0;
constexpr std::uint64_t kGroupOffline = 1;
constexpr std::uint64_t kNodeUp = 0; // MSCluster_Node.State
constexpr std::uint64_t kNodeDown = 1;
constexpr std::uint64_t kNodePaused = 2;
constexpr std::uint64_t kResourceOnline = 2;
constexpr std::uint64_t kResourceFailed = 4;
constexpr std::uint64_t kResourcePending = 128;

cim::Instance make(const HostContext& context, std::string_view name) {
  return context.schema().prototype(context.schema().at(kMsCluster, name));
}

std::string_view owner_name(const HostContext& context, HostIndex owner) {
  return context.model().hosts()[owner].name;
}

cim::InstancePtr cluster_row(const HostContext& context) {
  const auto& cluster = context.model().cluster();
  auto row = make(context, "MSCluster_Cluster");
  auto common = make(context, "MSCluster_Property_Cluster_Common");
  row.set("Name", text(cluster.name))
      .set("Fqdn", text(cluster.name + ".lab.test"))
      .set("ClusterInstanceID", text(cluster.id));
  // Releases before it have no such property.
  if (cluster.parallel_migrations && row.find("MaximumParallelMigrations") != nullptr) {
    row.set("MaximumParallelMigrations", number(*cluster.parallel_migrations));
    common.set("MaximumParallelMigrations", number(*cluster.parallel_migrations));
  }
  row.set("CommonProperties", object(share(std::move(common))));
  return share(std::move(row));
}

cim::InstancePtr node_row(const HostContext& context, HostIndex index) {
  const auto& node = context.model().hosts()[index];
  const auto& facts = facts_of(node.release);
  auto row = make(context, "MSCluster_Node");
  row.set("Name", text(node.name))
      .set("NodeInstanceID", text(derived_guid(context.model().cluster().id, node.name)))
      .set("State", number(!node.up      ? kNodeDown
                           : node.paused ? kNodePaused
                                         : kNodeUp))
      .set("MajorVersion", number(facts.major))
      .set("MinorVersion", number(facts.minor))
      .set("BuildNumber", number(facts.build));
  return share(std::move(row));
}

cim::InstancePtr group_row(const HostContext& context, GuestIndex guest) {
  const auto group = context.model().group_of(guest);
  auto row = make(context, "MSCluster_ResourceGroup");
  row.set("Name", text(group.name))
      .set("ID", text(derived_guid(context.guest(guest).id, "group")))
      .set("OwnerNode", text(owner_name(context, group.owner)))
      .set("State", number(static_cast<std::uint64_t>(group.state)))
      .set("StatusInformation", number(group.status_information));
  if (const auto& classes = context.guest(guest).role.anti_affinity; !classes.empty()) {
    row.set("AntiAffinityClassNames", texts(classes));
  }
  return share(std::move(row));
}

// The groups that every cluster has beside its virtual machines.
cim::InstancePtr core_row(const HostContext& context, std::string_view name, std::uint64_t type,
                          std::uint64_t state) {
  const auto& cluster = context.model().cluster();
  auto row = make(context, "MSCluster_ResourceGroup");
  row.set("Name", text(name))
      .set("ID", text(derived_guid(cluster.id, name)))
      .set("OwnerNode", text(owner_name(context, cluster.nodes.front())))
      .set("GroupType", number(type))
      .set("State", number(state));
  return share(std::move(row));
}

std::uint64_t resource_state(const GroupView& group) {
  switch (group.state) {
  case 0:
    return kResourceOnline;
  case 2:
    return kResourceFailed;
  case 4:
    return kResourcePending;
  default:
    return 3; // offline
  }
}

cim::InstancePtr private_properties(const HostContext& context, const GroupView& group) {
  auto properties = make(context, "MSCluster_Property_Resource_Private_Virtual_Machine");
  const bool migrating = context.model().migrating(group.guest);
  const bool running = context.guest(group.guest).power == Power::running;
  properties.set("VmID", text(context.guest(group.guest).id))
      .set("VmState", number(running ? 2 : 3))
      .set("CheckHeartbeat", number(context.model().config().heartbeat_recovery ? 1 : 0))
      .set("MigrationState", number(migrating ? 2 : 0))
      .set("MigrationFailureReason", number(group.failure));
  return share(std::move(properties));
}

cim::InstancePtr resource_row(const HostContext& context, GuestIndex guest, std::string_view type) {
  const auto group = context.model().group_of(guest);
  auto row = make(context, "MSCluster_Resource");
  row.set("Name", text(resource_name(type, group.name)))
      .set("ID", text(derived_guid(context.guest(guest).id, type)))
      .set("Type", text(type))
      .set("OwnerGroup", text(group.name))
      .set("OwnerNode", text(owner_name(context, group.owner)))
      .set("State", number(type == kTypeConfiguration ? kResourceOnline : resource_state(group)))
      .set("PrivateProperties", object(private_properties(context, group)));
  return share(std::move(row));
}

cim::InstancePtr volume_row(const HostContext& context, const Csv& volume) {
  auto row = make(context, "MSCluster_ClusterSharedVolume");
  row.set("Name", text(volume.path))
      .set("Description", text(volume.name))
      .set("VolumeName", text(volume.volume_name))
      .set("FaultState", number(volume.fault_state))
      .set("BackupState", number(volume.backup ? 1 : 0));
  return share(std::move(row));
}

void answer_groups(const HostContext& context, const cim::Hint& hint, const Dispatch::Sink& sink) {
  const auto* name = hinted(hint, "Name");
  if (name != nullptr) {
    if (const auto guest = context.model().find_group(*name)) {
      sink(group_row(context, *guest));
      return;
    }
  }
  sink(core_row(context, "Cluster Group", kGroupCore, kGroupOnline));
  sink(core_row(context, "Available Storage", kGroupAvailableStorage, kGroupOffline));
  for (GuestIndex guest = 0; name == nullptr && guest < context.model().guests().size(); ++guest) {
    if (context.guest(guest).clustered) {
      sink(group_row(context, guest));
    }
  }
}

void answer_resources(const HostContext& context, const cim::Hint& hint, const Dispatch::Sink& sink) {
  if (const auto* name = hinted(hint, "Name")) {
    if (const auto resource = find_resource(context.model(), *name)) {
      sink(resource_row(context, resource->guest, resource->type));
    }
    return;
  }
  const auto* only = hinted(hint, "Type");
  for (GuestIndex guest = 0; guest < context.model().guests().size(); ++guest) {
    for (const auto type : {kTypeVirtualMachine, kTypeConfiguration}) {
      if (context.guest(guest).clustered && (only == nullptr || cim::iequals(*only, type))) {
        sink(resource_row(context, guest, type));
      }
    }
  }
}

} // namespace

std::optional<ClusterResource> find_resource(const Model& model, std::string_view name) {
  // The longer type first: it begins with the shorter one.
  for (const auto type : {kTypeConfiguration, kTypeVirtualMachine}) {
    if (cim::istarts_with(name, type) && name.size() > type.size() && name[type.size()] == ' ') {
      if (const auto guest = model.find_group(name.substr(type.size() + 1))) {
        return ClusterResource{*guest, type};
      }
    }
  }
  return std::nullopt;
}

cim::ObjectPath cluster_path(const HostContext& context, std::string_view class_name, std::string name) {
  return {context.host().name, std::string(kMsCluster), std::string(class_name), {{"Name", std::move(name)}}};
}

void add_cluster(Dispatch& dispatch, const HostContext& context) {
  const auto at = [&](std::string_view name) -> const cim::ClassDef& {
    return context.schema().at(kMsCluster, name);
  };
  dispatch.add_source(at("MSCluster_Cluster"), [context](const cim::Hint&, const Dispatch::Sink& sink) {
    sink(cluster_row(context));
  });
  dispatch.add_source(at("MSCluster_Node"), [context](const cim::Hint&, const Dispatch::Sink& sink) {
    for (const auto node : context.model().cluster().nodes) {
      sink(node_row(context, node));
    }
  });
  dispatch.add_source(
      at("MSCluster_ResourceGroup"),
      [context](const cim::Hint& hint, const Dispatch::Sink& sink) { answer_groups(context, hint, sink); });
  dispatch.add_source(at("MSCluster_Resource"), [context](const cim::Hint& hint, const Dispatch::Sink& sink) {
    answer_resources(context, hint, sink);
  });
  dispatch.add_source(at("MSCluster_ClusterSharedVolume"),
                      [context](const cim::Hint&, const Dispatch::Sink& sink) {
                        for (const auto& volume : context.model().cluster().volumes) {
                          sink(volume_row(context, volume));
                        }
                      });
}

} // namespace migstorm::lab
