#include "harness/hyperv/migration_settings.hpp"

#include "harness/wsman/text.hpp"

#include <migstorm/hyperv.hpp>

#include <array>
#include <string_view>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kClass = "Msvm_VirtualSystemMigrationSettingData";

struct KnownProperty {
  std::string_view name;
  std::string_view type;
};

constexpr std::array kKnownProperties = {
    KnownProperty{"InstanceID", "string"},
    KnownProperty{"Caption", "string"},
    KnownProperty{"Description", "string"},
    KnownProperty{"ElementName", "string"},
    KnownProperty{"Priority", "uint16"},
    KnownProperty{"Bandwidth", "uint16"},
    KnownProperty{"BandwidthUnit", "string"},
    KnownProperty{"TransportType", "uint16"},
    KnownProperty{"OtherTransportType", "string"},
    KnownProperty{"RetainVhdCopiesOnSource", "boolean"},
    KnownProperty{"EnableCompression", "boolean"},
    KnownProperty{"RemoveSourceUnmanagedVhds", "boolean"},
    KnownProperty{"AvoidRemovingVHDs", "boolean"},
    KnownProperty{"AllowOverwriteExistingFile", "boolean"},
    KnownProperty{"CPUCappingMagnitude", "uint16"},
    KnownProperty{"CancelIfBlackoutThresholdExceeded", "boolean"},
};

std::string in_cim_xml(const wsman::Instance& instance, const KnownProperty& property) {
  if (property.type == "boolean") {
    return instance.boolean(property.name).value_or(false) ? "TRUE" : "FALSE";
  }
  return std::string(*instance.text(property.name));
}

} // namespace

MigrationSettings::MigrationSettings(const wsman::Instance& host_template) {
  for (const KnownProperty& known : kKnownProperties) {
    if (host_template.text(known.name)) {
      std::vector<std::string> values{in_cim_xml(host_template, known)};
      properties_.push_back({std::string(known.name), std::string(known.type), false, std::move(values)});
    }
  }
}

std::string MigrationSettings::to_cim_xml(const std::vector<std::string>& destination_addresses) const {
  std::vector<wsman::CimXmlProperty> properties = properties_;
  const auto type = static_cast<unsigned>(MigrationType::virtual_system);
  properties.push_back({"MigrationType", "uint16", false, {std::to_string(type)}});
  if (!destination_addresses.empty()) {
    properties.push_back({"DestinationIPAddressList", "string", true, destination_addresses});
  }
  return wsman::format_cim_xml(kClass, properties);
}

} // namespace migstorm::hyperv
