#include "tools/lab/provider/device_settings.hpp"

#include "tools/lab/provider/hardware_settings.hpp"
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kRasd = "Msvm_ResourceAllocationSettingData";
constexpr std::string_view kSasd = "Msvm_StorageAllocationSettingData";
constexpr std::uint64_t kTypeIde = 5;
constexpr std::uint64_t kTypeScsi = 6;
constexpr std::uint64_t kTypeDvdDrive = 16;
constexpr std::uint64_t kTypeDrive = 17;
constexpr std::uint64_t kTypeDriveV1 = 22;
constexpr std::uint64_t kTypeImage = 31;
constexpr std::uint64_t kTypeImageV1 = 21;

class Tree {
public:
  Tree(const VirtContext& context, const Configuration& of, const cim::ClassDef* only)
      : context_(context), guest_(context.guest(of.guest)), of_(of), system_(id_of(context, of)),
        only_(only) {}

  std::vector<cim::InstancePtr> build() {
    add_controllers();
    for (const auto& disk : guest_.disks) {
      add_disk(disk);
    }
    for (const Place& place : guest_.empty_drives) {
      add_drive(place);
    }
    for (std::size_t i = 0; i < guest_.hardware.pass_through.size(); ++i) {
      add_physical_disk(i);
    }
    if (!guest_.hardware.disc.empty()) {
      add_disc();
    }
    if (!context_.v1()) {
      add_memory_and_processors();
      add_network();
      add_hardware_settings(context_, of_, only_, rows_);
    }
    return std::move(rows_);
  }

private:
  bool wanted(std::string_view name) const { return only_ == nullptr || only_->name == name; }

  std::string id(std::string_view rest) const { return fmt::format("Microsoft:{}\\{}", system_, rest); }

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
    const std::uint32_t ide = guest_.hardware.generation == 1 ? kIdeControllers : 0;
    for (std::uint32_t i = 0; i < ide; ++i) {
      auto row = device(kRasd, controller_id(system_, Bus::ide, i), kTypeIde, "Emulated IDE Controller",
                        fmt::format("IDE Controller {}", i));
      add(std::move(row.set("Address", text(std::to_string(i)))));
    }
    for (std::uint32_t i = 0; i < guest_.scsi_controllers; ++i) {
      add(device(kRasd, controller_id(system_, Bus::scsi, i), kTypeScsi, "Synthetic SCSI Controller",
                 "SCSI Controller"));
    }
  }

  cim::Instance drive(const Place& place, std::uint64_t type, std::string_view kind,
                      std::string element) const {
    auto row = device(kRasd, drive_id(system_, place), type, kind, std::move(element));
    row.set("Parent", text(path_text(kRasd, controller_id(system_, place.bus, place.controller))));
    set_slot(row, place.slot);
    return row;
  }

  void add_drive(const Place& place) {
    if (wanted(kRasd)) {
      add(drive(place, context_.v1() ? kTypeDriveV1 : kTypeDrive, "Synthetic Disk Drive", "Hard Drive"));
    }
  }

  // v1 keeps files among the other resources, and their paths in Connection.
  void add_image(const Place& place, std::string_view kind, std::string element, const std::string& path,
                 bool reservations) {
    const auto image_class = context_.v1() ? kRasd : kSasd;
    if (!wanted(image_class)) {
      return;
    }
    auto row = device(image_class, image_id(system_, place), context_.v1() ? kTypeImageV1 : kTypeImage, kind,
                      std::move(element));
    row.set("Parent", text(path_text(kRasd, drive_id(system_, place))))
        .set(context_.v1() ? "Connection" : "HostResource", texts({path}));
    if (row.find("PersistentReservationsSupported") != nullptr) {
      row.set("PersistentReservationsSupported", flag(reservations));
    }
    add(std::move(row));
  }

  void add_disk(const Disk& disk) {
    const Place place{disk.bus, disk.controller, disk.slot};
    add_drive(place);
    add_image(place, "Virtual Hard Disk", "Hard Disk Image", file_of(disk, of_),
              disk.sharing != Sharing::own);
  }

  // The drive is the disk: HostResource names the host's.
  void add_physical_disk(std::size_t number) {
    if (!wanted(kRasd)) {
      return;
    }
    auto row = drive(guest_.hardware.pass_through[number], context_.v1() ? kTypeDriveV1 : kTypeDrive,
                     "Physical Disk Drive", "Hard Drive");
    const auto& host = context_.model().hosts()[guest_.host].name;
    const auto id = fmt::format("Microsoft:{}\\{}", derived_guid(host, guest_.id), number + 1);
    row.set("HostResource", texts({cim::format_path(context_.path(
                                "Msvm_DiskDrive", {{"CreationClassName", "Msvm_DiskDrive"},
                                                   {"DeviceID", id},
                                                   {"SystemCreationClassName", "Msvm_ComputerSystem"},
                                                   {"SystemName", host}}))}));
    add(std::move(row));
  }

  void add_disc() {
    const Place place = guest_.hardware.disc_drive;
    if (wanted(kRasd)) {
      add(drive(place, kTypeDvdDrive, "Synthetic DVD Drive", "DVD Drive"));
    }
    add_image(place, "Virtual CD/DVD Disk", "ISO Disk Image", guest_.hardware.disc, false);
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
    const auto port = network_adapter_id(guest_, system_);
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
  const Configuration of_;
  const std::string& system_;
  const cim::ClassDef* only_;
  std::vector<cim::InstancePtr> rows_;
};

void answer(const VirtContext& context, const cim::ClassDef& definition, const cim::Hint& hint,
            const Dispatch::Sink& sink) {
  const auto* instance = hinted(hint, "InstanceID");
  const auto id = instance != nullptr ? std::string(system_in(*instance)) : std::string();
  each_configuration(context, instance != nullptr ? &id : nullptr, [&](const Configuration& of) {
    for (auto& row : device_settings(context, of, &definition)) {
      sink(std::move(row));
    }
  });
}

} // namespace

std::string controller_id(const std::string& of, Bus bus, std::uint32_t number) {
  const std::string system = "Microsoft:" + of + "\\";
  return bus == Bus::ide ? fmt::format("{}83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\{}", system, number)
                         : system + derived_guid(of, fmt::format("scsi {}", number)) + "\\0";
}

std::string drive_id(const std::string& of, const Place& place) {
  return fmt::format("{}\\{}\\D", controller_id(of, place.bus, place.controller), place.slot);
}

std::string image_id(const std::string& of, const Place& place) {
  return fmt::format("{}\\{}\\L", controller_id(of, place.bus, place.controller), place.slot);
}

std::string network_adapter_id(const Guest& guest, const std::string& of) {
  return fmt::format("Microsoft:{}\\{}", of, derived_guid(guest.id, "network adapter"));
}

std::vector<cim::InstancePtr> device_settings(const VirtContext& context, const Configuration& of,
                                              const cim::ClassDef* only) {
  return Tree(context, of, only).build();
}

void add_device_settings(Dispatch& dispatch, const VirtContext& context) {
  for (const auto name :
       {kRasd, kSasd, std::string_view("Msvm_MemorySettingData"),
        std::string_view("Msvm_ProcessorSettingData"),
        std::string_view("Msvm_SyntheticEthernetPortSettingData"),
        std::string_view("Msvm_EthernetPortAllocationSettingData"),
        std::string_view("Msvm_EthernetSwitchPortOffloadSettingData"),
        std::string_view("Msvm_SyntheticFcPortSettingData"),
        std::string_view("Msvm_FcPortAllocationSettingData"), std::string_view("Msvm_PciExpressSettingData"),
        std::string_view("Msvm_SecuritySettingData")}) {
    if (const auto* definition = context.find(name)) {
      dispatch.add_source(*definition,
                          [context, definition](const cim::Hint& hint, const Dispatch::Sink& sink) {
                            answer(context, *definition, hint, sink);
                          });
    }
  }
}

} // namespace migstorm::lab
