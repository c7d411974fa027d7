#include "tools/lab/provider/device_settings.hpp"

#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kRasd = "Msvm_ResourceAllocationSettingData";
constexpr std::string_view kSasd = "Msvm_StorageAllocationSettingData";
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
    for (const Place& place : guest_.empty_drives) {
      add_drive(place);
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
    for (std::uint32_t i = 0; i < kIdeControllers; ++i) {
      auto row = device(kRasd, controller_id(guest_, Bus::ide, i), kTypeIde, "Emulated IDE Controller",
                        fmt::format("IDE Controller {}", i));
      add(std::move(row.set("Address", text(std::to_string(i)))));
    }
    for (std::uint32_t i = 0; i < guest_.scsi_controllers; ++i) {
      add(device(kRasd, controller_id(guest_, Bus::scsi, i), kTypeScsi, "Synthetic SCSI Controller",
                 "SCSI Controller"));
    }
  }

  void add_drive(const Place& place) {
    if (wanted(kRasd)) {
      auto row = device(kRasd, drive_id(guest_, place), context_.v1() ? kTypeDriveV1 : kTypeDrive,
                        "Synthetic Disk Drive", "Hard Drive");
      row.set("Parent", text(path_text(kRasd, controller_id(guest_, place.bus, place.controller))));
      set_slot(row, place.slot);
      add(std::move(row));
    }
  }

  void add_disk(const Disk& disk) {
    const Place place{disk.bus, disk.controller, disk.slot};
    add_drive(place);
    // v1 keeps files among the other resources, and their paths in Connection.
    if (const auto image_class = context_.v1() ? kRasd : kSasd; wanted(image_class)) {
      auto row = device(image_class, image_id(guest_, place), context_.v1() ? kTypeImageV1 : kTypeImage,
                        "Virtual Hard Disk", "Hard Disk Image");
      row.set("Parent", text(path_text(kRasd, drive_id(guest_, place))))
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

std::string controller_id(const Guest& guest, Bus bus, std::uint32_t number) {
  const std::string of = "Microsoft:" + guest.id + "\\";
  return bus == Bus::ide ? fmt::format("{}83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\{}", of, number)
                         : of + derived_guid(guest.id, fmt::format("scsi {}", number)) + "\\0";
}

std::string drive_id(const Guest& guest, const Place& place) {
  return fmt::format("{}\\{}\\D", controller_id(guest, place.bus, place.controller), place.slot);
}

std::string image_id(const Guest& guest, const Place& place) {
  return fmt::format("{}\\{}\\L", controller_id(guest, place.bus, place.controller), place.slot);
}

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
