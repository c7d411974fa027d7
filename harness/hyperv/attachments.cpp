// From resource settings to disks: image file -> drive -> controller, by the Parent paths.
#include "harness/hyperv/devices.hpp"
#include "harness/hyperv/disks.hpp"
#include "harness/wsman/text.hpp"

#include <map>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kRowsMax = 100'000; // a host's guests and their checkpoints have dozens of devices each
constexpr int kParentsMax = 4;            // image, drive, controller

// 5 and 6 are controllers, 17 drives. v1's numbers of drives and images are not certain, so there all are
// read.
constexpr std::string_view kDevicesV2 = "SELECT InstanceID, ResourceSubType, Parent FROM "
                                        "Msvm_ResourceAllocationSettingData "
                                        "WHERE ResourceType = 5 OR ResourceType = 6 OR ResourceType = 17";
constexpr std::string_view kDevicesV1 =
    "SELECT InstanceID, ResourceSubType, Parent, Connection FROM Msvm_ResourceAllocationSettingData";
constexpr std::string_view kImagesV2 = "SELECT InstanceID, ResourceSubType, Parent, HostResource FROM "
                                       "Msvm_StorageAllocationSettingData WHERE ResourceType = 31";

struct Setting {
  Device device = Device::other;
  std::string parent; // InstanceID, in lower case
  std::string path;   // of an image
  GuestId guest;
};

class Settings {
public:
  void add(const wsman::Instance& row, std::string_view path_property) {
    const auto id = row.text("InstanceID");
    auto guest = id ? guid_of_instance(*id) : std::nullopt;
    if (!guest) {
      return; // a template
    }
    Setting setting;
    setting.device = to_device(row.text("ResourceSubType").value_or(""));
    setting.parent = parent_id(row);
    setting.path = std::string(row.text(path_property).value_or(""));
    setting.guest = std::move(*guest);
    by_id_.insert_or_assign(to_lower(*id), std::move(setting));
  }

  void attach_to(std::vector<GuestFacts>& guests) const {
    std::map<GuestId, GuestFacts*> by_guest;
    for (GuestFacts& guest : guests) {
      guest.hardware.physical_disk = false;
      by_guest[guest.id] = &guest;
    }
    for (const auto& [id, setting] : by_id_) {
      // Settings of checkpoints carry the checkpoint's GUID and find no guest.
      if (const auto guest = by_guest.find(setting.guest); guest != by_guest.end()) {
        attach(setting, *guest->second);
      }
    }
  }

private:
  void attach(const Setting& setting, GuestFacts& guest) const {
    guest.scsi_controllers += setting.device == Device::scsi_controller ? 1 : 0;
    guest.ide_controllers += setting.device == Device::ide_controller ? 1 : 0;
    if (setting.device == Device::physical_disk) {
      guest.hardware.physical_disk = true;
    }
    if (setting.device == Device::disc_image && !setting.path.empty()) {
      guest.hardware.discs.push_back(setting.path);
    }
    if (setting.device == Device::virtual_disk && !setting.path.empty()) {
      DiskFacts disk;
      disk.bus = bus_of(setting);
      disk.path = setting.path;
      guest.disks.push_back(std::move(disk));
    }
  }

  // A disk whose controller cannot be found does not count as SCSI: what is claimed of SCSI disks must be
  // true.
  ControllerBus bus_of(const Setting& image) const {
    const Setting* setting = &image;
    for (int step = 0; step < kParentsMax && setting->device != Device::scsi_controller; ++step) {
      const auto parent = by_id_.find(setting->parent);
      if (parent == by_id_.end()) {
        return ControllerBus::ide;
      }
      setting = &parent->second;
    }
    return setting->device == Device::scsi_controller ? ControllerBus::scsi : ControllerBus::ide;
  }

  std::map<std::string, Setting> by_id_; // by InstanceID in lower case: the order of controllers and slots
};

} // namespace

Task<Status> read_attachments(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  const bool v1 = known->schema() == Schema::v1;
  Settings settings;
  Rows devices = co_await host.client->query(known->virtualization(),
                                             std::string(v1 ? kDevicesV1 : kDevicesV2), kRowsMax);
  if (!devices) {
    co_return std::move(devices).error();
  }
  for (const wsman::Instance& row : *devices) {
    settings.add(row, "Connection");
  }
  if (!v1) {
    Rows images = co_await host.client->query(known->virtualization(), std::string(kImagesV2), kRowsMax);
    if (!images) {
      co_return std::move(images).error();
    }
    for (const wsman::Instance& row : *images) {
      settings.add(row, "HostResource");
    }
  }
  settings.attach_to(guests);
  co_return Unit{};
}

} // namespace migstorm::hyperv
