#include "tools/lab/provider/migration_settings.hpp"

#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kSettings = "Msvm_VirtualSystemMigrationSettingData";
constexpr std::uint64_t kTransportTcp = 5;
constexpr std::uint64_t kTransportSmb = 32768;

std::uint32_t check_property(const cim::ClassDef& definition, const cim::EmbeddedProperty& property) {
  const auto index = definition.index_of(property.name);
  if (index == cim::ClassDef::npos) {
    return kReturnInvalidParameter;
  }
  const auto& declared = definition.properties[index];
  if (!declared.array && property.values.size() > 1) {
    return kReturnWrongType;
  }
  const bool fits =
      std::all_of(property.values.begin(), property.values.end(),
                  [&](const std::string& value) { return cim::from_text(declared.type, value).has_value(); });
  return fits ? kReturnOk : kReturnWrongType;
}

std::uint64_t number_in(const cim::EmbeddedInstance& settings, std::string_view name) {
  const auto* value = settings.text(name);
  return value != nullptr ? cim::parse_unsigned(*value).value_or(0) : 0;
}

bool known_transport(std::uint64_t transport) {
  return transport == 0 || transport == kTransportTcp || transport == kTransportSmb;
}

cim::InstancePtr template_row(const VirtContext& context, std::uint16_t type) {
  auto row = context.make(kSettings);
  row.set("InstanceID",
          text("Microsoft:Definition\\" + derived_guid(kSettings, std::to_string(type)) + "\\Default"))
      .set("ElementName", text("Virtual System Migration Setting Data"))
      .set("MigrationType", number(type))
      .set("Priority", number(0))
      .set("Bandwidth", number(0))
      .set("TransportType", number(kTransportTcp))
      .set("RetainVhdCopiesOnSource", flag(false));
  if (row.find("EnableCompression") != nullptr) {
    row.set("EnableCompression", flag(true));
  }
  return share(std::move(row));
}

cim::InstancePtr service_settings_row(const VirtContext& context) {
  const auto& host = context.host();
  auto row = context.make("Msvm_VirtualSystemMigrationServiceSettingData");
  row.set("InstanceID", text("Microsoft:" + derived_guid(host.name, "migration service settings")))
      .set("ElementName", text("Hyper-V Migration Service"))
      .set("EnableVirtualSystemMigration", flag(host.migration_enabled))
      .set("MaximumActiveVirtualSystemMigration", number(host.migrations_max))
      .set("MaximumActiveStorageMigration", number(2))
      .set("AuthenticationType", number(host.authentication_type));
  return share(std::move(row));
}

cim::InstancePtr network_row(const VirtContext& context) {
  const auto& address = context.host().address;
  auto row = context.make("Msvm_VirtualSystemMigrationNetworkSettingData");
  row.set("InstanceID", text("Microsoft:" + derived_guid(address, "migration network")))
      .set("SubnetNumber", text(address.substr(0, address.rfind('.')) + ".0"))
      .set("PrefixLength", number(24))
      .set("Metric", number(0))
      .set("Tags", cim::Array());
  return share(std::move(row));
}

cim::InstancePtr capabilities_row(const VirtContext& context) {
  auto row = context.make("Msvm_VirtualSystemMigrationCapabilities");
  row.set("InstanceID", text("Microsoft:" + derived_guid(context.host().name, "migration capabilities")))
      .set("ElementName", text("Virtual System Migration Capabilities"))
      .set("SynchronousMethodsSupported", numbers({2, 3, 4, 5}))
      .set("AsynchronousMethodsSupported", numbers({2, 3, 32768}))
      .set("DestinationHostFormatsSupported", numbers({2, 3, 4}));
  return share(std::move(row));
}

} // namespace

MigrationSettings check_migration_settings(const VirtContext& context, const std::string& cim_xml) {
  const auto settings = cim::parse_cim_xml(cim_xml);
  if (!settings || !cim::iequals(settings->class_name, kSettings)) {
    return {kReturnInvalidParameter, 0};
  }
  for (const auto& property : settings->properties) {
    if (const auto refusal = check_property(context.at(kSettings), property); refusal != kReturnOk) {
      return {refusal, 0};
    }
  }
  const auto type = number_in(*settings, "MigrationType");
  if (type < kMoveVirtualSystem || type > kMoveStorageDeepCheck ||
      !known_transport(number_in(*settings, "TransportType"))) {
    return {kReturnInvalidParameter, 0};
  }
  return {kReturnOk, static_cast<std::uint16_t>(type)};
}

void add_migration_settings(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(context.at(kSettings), [context](const cim::Hint&, const Dispatch::Sink& sink) {
    for (auto type = kMoveVirtualSystem; type <= kMoveStorageDeepCheck; ++type) {
      sink(template_row(context, type));
    }
  });
  dispatch.add_source(
      context.at("Msvm_VirtualSystemMigrationServiceSettingData"),
      [context](const cim::Hint&, const Dispatch::Sink& sink) { sink(service_settings_row(context)); });
  dispatch.add_source(
      context.at("Msvm_VirtualSystemMigrationNetworkSettingData"),
      [context](const cim::Hint&, const Dispatch::Sink& sink) { sink(network_row(context)); });
  dispatch.add_source(
      context.at("Msvm_VirtualSystemMigrationCapabilities"),
      [context](const cim::Hint&, const Dispatch::Sink& sink) { sink(capabilities_row(context)); });
}

} // namespace migstorm::lab
