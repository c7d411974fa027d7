#include "tools/lab/provider/device_settings.hpp"

#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kRasd = "Msvm_ResourceAllocationSettingData";
constexpr std::string_view kSasd = "Msvm_StorageAllocationSettingData";
constexpr std::uint32_t kIdeControllers = 2; // every generation 1 machine has both
constexpr std::uint64_t kTypeIde = 5;
constexpr std::uint64_t kTypeScsi = 6;
constexpr std::uint64_t kTypeDrive = 17;
constexpr std::uint64_t kTypeDriveV1 = 22;
constexpr std::uint64_t kTypeImage = 31;
constexpr std::uint64_t kTypeImageV1 = 21;

class Tree {
public:
  Tree(const VirtContext& context, GuestIndex index, const cim::ClassDef* only)
      : context_(context), guest_(context.guest(index)), only_(only) {}

  std::vector<cim::InstancePtr> build() {
    add_controllers();
    for (const auto& disk : guest_.disks) {
      add_disk(disk);
    }
    if (!context_.v1()) {
      add_memory_and_processors();
      add_network();
    }
    return std::move(rows_);
  }

private:
  bool wanted(std::string_view name) const { return only_ == nullptr || only_->name == name; }

  std::string id(std::string_view rest) const { return fmt::format("Microsoft:{}\\{}", guest_.id, rest); }

  std::string controller_id(Bus bus, std::uint32_t number) const {
    return bus == Bus::ide ? id(fmt::format("83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\{}", number))
                           : id(derived_guid(guest_.id, fmt::format("scsi {}", number)) + "\\0");
  }

  std::string path_text(std::string_view class_name, const std::string& instance_id) const {
    return cim::format_path(context_.path(class_name, {{"InstanceID", instance_id}}));
  }

  // "Microsoft:Hyper-V:Synthetic SCSI Controller"; v1 has no "Hyper-V:" and no colons.
  std::string sub_type(std::string_view kind) const {
    return fmt::format("{}{}", context_.v1() ? "Microsoft " : "Microsoft:Hyper-V:", kind);
  }

  cim::Instance device(std::string_view class_name, std::string instance_id, std::uint64_t type,
                       std::string_view kind, std::string element) const {
    auto row = context_.make(class_name);
    row.set("InstanceID", text(std::move(instance_id)))
        .set("ResourceType", number(type))
        .set("ResourceSubType", text(sub_type(kind)))
        .set("ElementName", text(std::move(element)))
        .set("VirtualQuantity", number(1))
        .set("ConsumerVisibility", number(3))
        .set("AutomaticAllocation", flag(true))
        .set("AutomaticDeallocation", flag(true));
    return row;
  }

  void add(cim::Instance row) { rows_.push_back(share(std::move(row))); }

  void add_controllers() {
    if (!wanted(kRasd)) {
      return;
    }
    std::uint32_t scsi = 0;
    for (const auto& disk : guest_.disks) {
      scsi = disk.bus == Bus::scsi ? std::max(scsi, disk.controller + 1) : scsi;
    }
    for (std::uint32_t i = 0; i < kIdeControllers; ++i) {
      auto row = device(kRasd, controller_id(Bus::ide, i), kTypeIde, "Emulated IDE Controller",
                        fmt::format("IDE Controller {}", i));
      add(std::move(row.set("Address", text(std::to_string(i)))));
    }
    for (std::uint32_t i = 0; i < scsi; ++i) {
      add(device(kRasd, controller_id(Bus::scsi, i), kTypeScsi, "Synthetic SCSI Controller",
                 "SCSI Controller"));
    }
  }

  void add_disk(const Disk& disk) {
    const auto controller = controller_id(disk.bus, disk.controller);
    const auto drive = fmt::format("{}\\{}\\D", controller, disk.slot);
    if (wanted(kRasd)) {
      auto row = device(kRasd, drive, context_.v1() ? kTypeDriveV1 : kTypeDrive, "Synthetic Disk Drive",
                        "Hard Drive");
      row.set("Parent", text(path_text(kRasd, controller)));
      set_slot(row, disk.slot);
      add(std::move(row));
    }
    // v1 keeps files among the other resources, and their paths in Connection.
    if (const auto image_class = context_.v1() ? kRasd : kSasd; wanted(image_class)) {
      auto row = device(image_class, fmt::format("{}\\{}\\L", controller, disk.slot),
                        context_.v1() ? kTypeImageV1 : kTypeImage, "Virtual Hard Disk", "Hard Disk Image");
      row.set("Parent", text(path_text(kRasd, drive)))
          .set(context_.v1() ? "Connection" : "HostResource", texts({disk.path}));
      add(std::move(row));
    }
  }

  // v1 has the slot in Address.
  void set_slot(cim::Instance& row, std::uint32_t slot) const {
    row.set(context_.v1() ? "Address" : "AddressOnParent", text(std::to_string(slot)));
  }

  void add_memory_and_processors() {
    if (wanted("Msvm_MemorySettingData")) {
      auto row = context_.make("Msvm_MemorySettingData");
      row.set("InstanceID", text(id("4764334D-E001-4176-82EE-5594EC9B530E")))
          .set("VirtualQuantity", number(guest_.memory_mib))
          .set("Reservation", number(guest_.memory_mib));
      add(std::move(row));
    }
    if (wanted("Msvm_ProcessorSettingData")) {
      auto row = context_.make("Msvm_ProcessorSettingData");
      row.set("InstanceID", text(id("B637F346-6A0E-4DEC-AF52-BD70CB80A21D\\0")))
          .set("VirtualQuantity", number(guest_.processors));
      add(std::move(row));
    }
  }

  void add_network() {
    constexpr std::string_view kPort = "Msvm_SyntheticEthernetPortSettingData";
    const auto port = id(derived_guid(guest_.id, "network adapter"));
    if (wanted(kPort)) {
      auto row = context_.make(kPort);
      row.set("InstanceID", text(port))
          .set("Address", text("00155D" + derived_guid(guest_.id, "mac").substr(0, 6)))
          .set("VirtualSystemIdentifiers", texts({"{" + derived_guid(guest_.id, "port") + "}"}));
      add(std::move(row));
    }
    if (wanted("Msvm_EthernetPortAllocationSettingData")) {
      auto row = context_.make("Msvm_EthernetPortAllocationSettingData");
      row.set("InstanceID", text(port + "\\C")).set("Parent", text(path_text(kPort, port)));
      add(std::move(row));
    }
  }

  const VirtContext& context_;
  const Guest& guest_;
  const cim::ClassDef* only_;
  std::vector<cim::InstancePtr> rows_;
};

void answer(const VirtContext& context, const cim::ClassDef& definition, const cim::Hint& hint,
            const Dispatch::Sink& sink) {
  const auto* instance = hinted(hint, "InstanceID");
  const auto id = instance != nullptr ? std::string(system_in(*instance)) : std::string();
  context.each_guest(instance != nullptr ? &id : nullptr, [&](GuestIndex guest) {
    for (auto& row : device_settings(context, guest, &definition)) {
      sink(std::move(row));
    }
  });
}

} // namespace

std::vector<cim::InstancePtr> device_settings(const VirtContext& context, GuestIndex guest,
                                              const cim::ClassDef* only) {
  return Tree(context, guest, only).build();
}

void add_device_settings(Dispatch& dispatch, const VirtContext& context) {
  for (const auto name : {kRasd, kSasd, std::string_view("Msvm_MemorySettingData"),
                          std::string_view("Msvm_ProcessorSettingData"),
                          std::string_view("Msvm_SyntheticEthernetPortSettingData"),
                          std::string_view("Msvm_EthernetPortAllocationSettingData")}) {
    if (const auto* definition = context.find(name)) {
      dispatch.add_source(*definition,
                          [context, definition](const cim::Hint& hint, const Dispatch::Sink& sink) {
                            answer(context, *definition, hint, sink);
                          });
    }
  }
}

} // namespace migstorm::lab
