#include "tools/lab/provider/hardware_settings.hpp"

#include "tools/lab/provider/device_settings.hpp"

#include <fmt/format.h>

#include <optional>

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kIovWeight = 100; // what Hyper-V's own tools ask for when SR-IOV is switched on

class HardwareRows {
public:
  HardwareRows(const VirtContext& context, const Configuration& of, const cim::ClassDef* only,
               std::vector<cim::InstancePtr>& rows)
      : context_(context), guest_(context.guest(of.guest)), system_(id_of(context, of)), only_(only),
        rows_(rows) {}

  void add_all() {
    add_offload();
    for (std::uint32_t i = 0; i < guest_.hardware.fibre_channel_ports; ++i) {
      add_fibre_channel(i);
    }
    for (std::uint32_t i = 0; i < guest_.hardware.assigned_devices; ++i) {
      add_device(i);
    }
    add_security();
  }

private:
  // Nothing where nobody asked for the class, or the release does not have it.
  std::optional<cim::Instance> make(std::string_view class_name, std::string id) const {
    if (only_ != nullptr && only_->name != class_name) {
      return std::nullopt;
    }
    const auto* definition = context_.find(class_name);
    if (definition == nullptr) {
      return std::nullopt;
    }
    auto row = context_.schema().prototype(*definition);
    row.set("InstanceID", text(std::move(id)));
    return row;
  }

  void add(cim::Instance row) { rows_.push_back(share(std::move(row))); }

  std::string id(std::string_view rest) const { return fmt::format("Microsoft:{}\\{}", system_, rest); }

  std::string own_guid(std::string_view what, std::uint32_t number) const {
    return derived_guid(guest_.id, fmt::format("{} {}", what, number));
  }

  // Of the adapter's connection: "<connection>\\<the class's own GUID>".
  void add_offload() {
    const auto connection = network_adapter_id(guest_, system_) + "\\C";
    if (auto row = make("Msvm_EthernetSwitchPortOffloadSettingData",
                        connection + "\\C885BFD1-ABB7-418F-8163-9F379C9F7166")) {
      row->set("IOVOffloadWeight", number(guest_.hardware.virtual_function ? kIovWeight : 0));
      add(*std::move(row));
    }
  }

  void add_fibre_channel(std::uint32_t index) {
    const auto port = id(own_guid("fibre channel", index));
    if (auto row = make("Msvm_SyntheticFcPortSettingData", port)) {
      const auto name = [&](std::string_view of) {
        return "C003FF" + own_guid(of, index).substr(0, 8) + "00";
      };
      row->set("VirtualPortWWPN", text(name("wwpn a")))
          .set("VirtualPortWWNN", text(name("wwnn a")))
          .set("SecondaryWWPN", text(name("wwpn b")))
          .set("SecondaryWWNN", text(name("wwnn b")));
      add(*std::move(row));
    }
    if (auto row = make("Msvm_FcPortAllocationSettingData", port + "\\C")) {
      row->set("Parent", text(cim::format_path(
                             context_.path("Msvm_SyntheticFcPortSettingData", {{"InstanceID", port}}))))
          .set("PoolID", text("Production SAN"));
      add(*std::move(row));
    }
  }

  void add_device(std::uint32_t index) {
    if (auto row = make("Msvm_PciExpressSettingData", id(own_guid("pci express", index)))) {
      const auto& host = context_.model().hosts()[guest_.host].name;
      const auto device = fmt::format("Microsoft:{}\\{}", derived_guid(host, "pci express"), index);
      row->set("HostResource", texts({cim::format_path(context_.path(
                                   "Msvm_PciExpress", {{"CreationClassName", "Msvm_PciExpress"},
                                                       {"DeviceID", device},
                                                       {"SystemCreationClassName", "Msvm_ComputerSystem"},
                                                       {"SystemName", host}}))}));
      add(*std::move(row));
    }
  }

  void add_security() {
    if (auto row = make("Msvm_SecuritySettingData", id(own_guid("security", 0)))) {
      const bool shielded = guest_.hardware.shielded;
      row->set("ElementName", text(guest_.name))
          .set("TpmEnabled", flag(guest_.hardware.tpm))
          .set("ShieldingRequested", flag(shielded))
          .set("DataProtectionRequested", flag(shielded))
          .set("EncryptStateAndVmMigrationTraffic", flag(shielded));
      add(*std::move(row));
    }
  }

  const VirtContext& context_;
  const Guest& guest_;
  const std::string& system_;
  const cim::ClassDef* only_;
  std::vector<cim::InstancePtr>& rows_;
};

} // namespace

void add_hardware_settings(const VirtContext& context, const Configuration& of, const cim::ClassDef* only,
                           std::vector<cim::InstancePtr>& rows) {
  HardwareRows(context, of, only, rows).add_all();
}

} // namespace migstorm::lab
