// The service singletons of a host. Their keys are what clients address methods to.
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kMigrationService = "Msvm_VirtualSystemMigrationService";

void set_migration_state(cim::Instance& row, const HostContext& context) {
  const auto& host = context.host();
  row.set("Started", flag(host.migration_enabled))
      .set("ActiveVirtualSystemMigrationCount", number(context.model().active_migrations(context.index())))
      .set("ActiveStorageMigrationCount", number(0))
      .set("MigrationServiceListenerIPAddressList",
           host.migration_enabled ? texts({host.address}) : cim::Value(cim::Array()));
}

cim::InstancePtr service_row(const VirtContext& context, const cim::ClassDef& definition) {
  auto row = context.schema().prototype(definition);
  row.set("SystemName", text(context.host().name))
      .set("TimeOfLastStateChange", civil(context.model(), context.host().booted));
  if (definition.name == kMigrationService) {
    set_migration_state(row, context);
  }
  return share(std::move(row));
}

cim::InstancePtr switch_row(const VirtContext& context) {
  auto row = context.make("Msvm_VirtualEthernetSwitch");
  row.set("Name", text(derived_guid(context.host().name, "switch")))
      .set("ElementName", text("External"))
      .set("InstallDate", civil(context.model(), context.host().booted));
  return share(std::move(row));
}

} // namespace

void add_services(Dispatch& dispatch, const VirtContext& context) {
  for (const std::string_view name :
       {"Msvm_VirtualSystemManagementService", "Msvm_VirtualSystemMigrationService",
        "Msvm_ImageManagementService", "Msvm_VirtualEthernetSwitchManagementService"}) {
    if (const auto* definition = context.find(name)) {
      dispatch.add_source(*definition, [context, definition](const cim::Hint&, const Dispatch::Sink& sink) {
        sink(service_row(context, *definition));
      });
    }
  }
  if (const auto* definition = context.find("Msvm_VirtualEthernetSwitch")) {
    dispatch.add_source(
        *definition, [context](const cim::Hint&, const Dispatch::Sink& sink) { sink(switch_row(context)); });
  }
}

} // namespace migstorm::lab
