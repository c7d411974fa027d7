// Which of a host's virtualization objects belong together.
#include "tools/lab/provider/components.hpp"
#include "tools/lab/provider/device_settings.hpp"
#include "tools/lab/provider/links.hpp"
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

class Linker {
public:
  Linker(const VirtContext& context, Links& links) : context_(context), links_(links) {}

  void link_guest(GuestIndex guest) {
    const auto system = context_.system_path(guest);
    add("Msvm_SettingsDefineState", system, context_.settings_path(guest));
    link_devices({guest});
    for (std::size_t i = 0; i < context_.guest(guest).checkpoints.size(); ++i) {
      link_devices({guest, i});
    }
    if (context_.guest(guest).power == Power::running) {
      link_components(guest, system);
    }
    if (!context_.v1()) {
      link_jobs(guest, system);
    }
  }

  void link_service() {
    if (context_.v1()) {
      return;
    }
    const auto& host = context_.host().name;
    add("Msvm_ElementSettingData",
        context_.path("Msvm_VirtualSystemMigrationService",
                      {{"CreationClassName", "Msvm_VirtualSystemMigrationService"},
                       {"Name", "migrationwmi"},
                       {"SystemCreationClassName", "Msvm_ComputerSystem"},
                       {"SystemName", host}}),
        context_.path("Msvm_VirtualSystemMigrationServiceSettingData",
                      {{"InstanceID", "Microsoft:" + derived_guid(host, "migration service settings")}}));
  }

private:
  void add(std::string_view association, cim::ObjectPath left, cim::ObjectPath right) {
    links_.push_back({&context_.at(association), std::move(left), std::move(right)});
  }

  void link_devices(const Configuration& of) {
    const auto settings = settings_path(context_, of);
    for (const auto& row : device_settings(context_, of)) {
      add("Msvm_VirtualSystemSettingDataComponent", settings, cim::path_of(*row, context_.host().name));
    }
  }

  void link_components(GuestIndex guest, const cim::ObjectPath& system) {
    for (const auto& component : components()) {
      if (context_.find(component.class_name) != nullptr) {
        add("Msvm_SystemDevice", system,
            context_.path(component.class_name, {{"CreationClassName", std::string(component.class_name)},
                                                 {"DeviceID", device_id(context_.guest(guest), component)},
                                                 {"SystemCreationClassName", "Msvm_ComputerSystem"},
                                                 {"SystemName", context_.guest(guest).id}}));
      }
    }
  }

  void link_jobs(GuestIndex guest, const cim::ObjectPath& system) {
    for (const auto& job : context_.model().jobs_on(context_.index())) {
      if (job.guest == guest) {
        add("Msvm_AffectedJobElement", system, context_.path("Msvm_MigrationJob", {{"InstanceID", job.id}}));
      }
    }
  }

  const VirtContext& context_;
  Links& links_;
};

// The machine that a path belongs to, by its GUID or a checkpoint's; nothing where it may be any.
std::optional<GuestIndex> guest_near(const VirtContext& context, const cim::ObjectPath& object) {
  if (const auto* system = object.find("SystemName")) {
    return context.guest_here(*system);
  }
  auto guest = context.guest_of(object);
  if (const auto* instance = object.find("InstanceID"); !guest && instance != nullptr) {
    const std::string id(system_in(*instance));
    each_configuration(context, &id, [&](const Configuration& of) { guest = of.guest; });
  }
  return guest;
}

bool is_job(const cim::ObjectPath& object) {
  return cim::iequals(object.class_name, "Msvm_MigrationJob") ||
         cim::iequals(object.class_name, "Msvm_ConcreteJob");
}

void near_links(const VirtContext& context, const cim::ObjectPath* object, Links& links) {
  if (object != nullptr && !object->ns.empty() && !cim::iequals(object->ns, context.ns())) {
    return;
  }
  Linker linker(context, links);
  linker.link_service();
  if (object == nullptr) {
    context.each_guest(nullptr, [&](GuestIndex guest) { linker.link_guest(guest); });
  } else if (is_job(*object)) {
    const auto* id = object->find("InstanceID");
    const auto job = id != nullptr ? context.model().find_job(context.index(), *id) : std::nullopt;
    if (job && context.guest_here(context.guest(job->guest).id)) {
      linker.link_guest(job->guest);
    }
  } else if (const auto guest = guest_near(context, *object)) {
    linker.link_guest(*guest);
  }
}

// Apart from the others, so that asking for checkpoints does not list every device.
void near_snapshots(const VirtContext& context, const cim::ObjectPath* object, Links& links) {
  const auto link = [&](GuestIndex guest) {
    const auto& checkpoints = context.guest(guest).checkpoints;
    for (std::size_t i = 0; i < checkpoints.size(); ++i) {
      links.push_back({&context.at("Msvm_SnapshotOfVirtualSystem"), context.system_path(guest),
                       settings_path(context, {guest, i})});
    }
    if (!checkpoints.empty()) {
      links.push_back({&context.at("Msvm_MostCurrentSnapshotInBranch"), context.system_path(guest),
                       settings_path(context, {guest, checkpoints.size() - 1})});
    }
  };
  if (object == nullptr) {
    context.each_guest(nullptr, link);
  } else if (const auto guest = guest_near(context, *object)) {
    link(*guest);
  }
}

} // namespace

void add_snapshot_links(Dispatch& dispatch, const VirtContext& context) {
  add_link_source(
      dispatch, context.schema(),
      {{&context.at("Msvm_SnapshotOfVirtualSystem"), "Antecedent", "Dependent"},
       {&context.at("Msvm_MostCurrentSnapshotInBranch"), "Antecedent", "Dependent"}},
      [context](const cim::ObjectPath* object, Links& links) { near_snapshots(context, object, links); });
}

void add_links(Dispatch& dispatch, const VirtContext& context) {
  std::vector<LinkEnds> ends{
      {context.find("Msvm_SettingsDefineState"), "ManagedElement", "SettingData"},
      {context.find("Msvm_VirtualSystemSettingDataComponent"), "GroupComponent", "PartComponent"},
      {context.find("Msvm_SystemDevice"), "GroupComponent", "PartComponent"},
      {context.find("Msvm_ElementSettingData"), "ManagedElement", "SettingData"},
      {context.find("Msvm_AffectedJobElement"), "AffectedElement", "AffectingElement"},
  };
  std::erase_if(ends, [](const LinkEnds& end) { return end.association == nullptr; });
  add_link_source(
      dispatch, context.schema(), std::move(ends),
      [context](const cim::ObjectPath* object, Links& links) { near_links(context, object, links); });
}

} // namespace migstorm::lab
