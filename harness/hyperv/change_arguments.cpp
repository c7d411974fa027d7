#include "harness/hyperv/change_arguments.hpp"

#include "harness/hyperv/property_list.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

namespace migstorm::hyperv {

namespace {

// RETURN_TO_SOURCE_NODE_ON_ERROR, QUEUE_ENABLED, HIGH_PRIORITY_START: what the cluster's own cmdlet sends.
constexpr unsigned kGroupMoveFlags = 2 | 4 | 8;

constexpr std::string_view kRasd = "Msvm_ResourceAllocationSettingData";
constexpr std::string_view kSasd = "Msvm_StorageAllocationSettingData";
constexpr unsigned kTypeDrive = 17;
constexpr unsigned kTypeImage = 31;

// An object path as text inside a setting: its backslashes and quotes are doubled and escaped.
std::string setting_path(const Known& known, std::string_view id) {
  std::string path = fmt::format(
      R"(\\{}\{}:{}.InstanceID=")", known.facts.computer_name,
      known.schema() == Schema::v2 ? R"(Root\Virtualization\V2)" : R"(Root\Virtualization)", kRasd);
  for (const char c : id) {
    if (c == '\\' || c == '"') {
      path += '\\';
    }
    path += c;
  }
  return path + '"';
}

std::string sub_type(const Known& known, std::string_view kind) {
  return std::string(known.schema() == Schema::v2 ? "Microsoft:Hyper-V:" : "Microsoft ") + std::string(kind);
}

} // namespace

wsman::Reference guest_reference(const Known& known, const GuestId& guest) {
  const std::string ns = known.virtualization();
  std::vector<wsman::Selector> keys{
      {"CreationClassName", "Msvm_ComputerSystem"}, {"Name", guest}, {"__cimnamespace", ns}};
  return {wsman::resource_uri(ns, "Msvm_ComputerSystem"), std::move(keys)};
}

std::vector<wsman::Argument> group_move_arguments(std::string destination) {
  wsman::Argument parameters{"Parameters", {}, wsman::Argument::Form::plain};
  for (const std::uint8_t byte : live_move_parameters()) {
    parameters.items.emplace_back(std::to_string(byte));
  }
  return {wsman::Argument::scalar("NodeName", std::move(destination)), std::move(parameters),
          wsman::Argument::scalar("Flags", std::to_string(kGroupMoveFlags))};
}

wsman::Reference resource_reference(std::string resource) {
  wsman::Reference target{wsman::resource_uri(kNamespaceCluster, "MSCluster_Resource"), {}};
  target.selectors.push_back({"Name", std::move(resource)});
  return target;
}

std::vector<wsman::Argument> control_arguments(std::uint32_t code, std::string_view text) {
  wsman::Argument input{"InputBuffer", {}, wsman::Argument::Form::plain};
  const auto put = [&input](unsigned byte) { input.items.emplace_back(std::to_string(byte)); };
  for (const char c : text) {
    put(static_cast<unsigned char>(c));
    put(0);
  }
  if (!text.empty()) {
    put(0);
    put(0);
  }
  return {wsman::Argument::scalar("ControlCode", std::to_string(code)), std::move(input)};
}

wsman::Reference settings_reference(const Known& known, const GuestId& guest) {
  const std::string ns = known.virtualization();
  return {wsman::resource_uri(ns, "Msvm_VirtualSystemSettingData"),
          {{"InstanceID", "Microsoft:" + guest}, {"__cimnamespace", ns}}};
}

std::string drive_settings(const Known& known, std::string_view controller, std::uint32_t slot) {
  const bool v1 = known.schema() == Schema::v1;
  std::vector<wsman::CimXmlProperty> properties{
      {"ResourceSubType", "string", false, {sub_type(known, "Synthetic Disk Drive")}},
      {"Parent", "string", false, {setting_path(known, controller)}},
      {v1 ? "Address" : "AddressOnParent", "string", false, {std::to_string(slot)}}};
  if (!v1) { // v1 numbers its drives in a way that is not certain; the sub-type says what is meant
    properties.push_back({"ResourceType", "uint16", false, {std::to_string(kTypeDrive)}});
  }
  return wsman::format_cim_xml(kRasd, properties);
}

std::string image_settings(const Known& known, std::string_view drive, const std::string& path) {
  const bool v1 = known.schema() == Schema::v1;
  std::vector<wsman::CimXmlProperty> properties{
      {"ResourceSubType", "string", false, {sub_type(known, "Virtual Hard Disk")}},
      {"Parent", "string", false, {setting_path(known, drive)}},
      {v1 ? "Connection" : "HostResource", "string", true, {path}}};
  if (!v1) {
    properties.push_back({"ResourceType", "uint16", false, {std::to_string(kTypeImage)}});
  }
  return wsman::format_cim_xml(v1 ? kRasd : kSasd, properties);
}

std::vector<wsman::Argument> addition_arguments(const Known& known, const GuestId& guest,
                                                std::string settings) {
  if (known.schema() == Schema::v1) {
    return {wsman::Argument::reference("TargetSystem", guest_reference(known, guest)),
            wsman::Argument::scalar("ResourceSettingData", std::move(settings))};
  }
  return {wsman::Argument::reference("AffectedConfiguration", settings_reference(known, guest)),
          wsman::Argument::scalar("ResourceSettings", std::move(settings))};
}

std::vector<wsman::Argument> removal_arguments(const Known& known, const GuestId& guest,
                                               const DeviceSetting& device) {
  const bool v1 = known.schema() == Schema::v1;
  const std::string ns = known.virtualization();
  const bool storage = device.device == Device::virtual_disk && !v1;
  wsman::Reference setting{wsman::resource_uri(ns, storage ? kSasd : kRasd),
                           {{"InstanceID", device.id}, {"__cimnamespace", ns}}};
  if (v1) {
    return {wsman::Argument::reference("TargetSystem", guest_reference(known, guest)),
            wsman::Argument::reference("ResourceSettingData", std::move(setting))};
  }
  return {wsman::Argument::reference("ResourceSettings", std::move(setting))};
}

std::vector<wsman::Argument> file_arguments(const Known& known, const OwnFile& file) {
  if (known.schema() == Schema::v1) {
    return {wsman::Argument::scalar("Path", file.path),
            wsman::Argument::scalar("MaxInternalSize", std::to_string(file.size))};
  }
  const unsigned type = file.type == DiskType::fixed ? 2 : 3;
  const unsigned format = has_ending(file.path, ".vhdx") ? 3 : 2;
  return {wsman::Argument::scalar(
      "VirtualDiskSettingData",
      wsman::format_cim_xml("Msvm_VirtualHardDiskSettingData",
                            {{"Type", "uint16", false, {std::to_string(type)}},
                             {"Format", "uint16", false, {std::to_string(format)}},
                             {"Path", "string", false, {file.path}},
                             {"MaxInternalSize", "uint64", false, {std::to_string(file.size)}},
                             {"BlockSize", "uint32", false, {"0"}}}))};
}

bool has_ending(std::string_view path, std::string_view ending) noexcept {
  return path.size() > ending.size() && wsman::same_name(path.substr(path.size() - ending.size()), ending);
}

} // namespace migstorm::hyperv
