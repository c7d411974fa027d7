// The devices that exist while a virtual machine runs: disk drives, keyboard, display. Nobody migrates by
// them, but management tools list them.
#include "tools/lab/provider/components.hpp"
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <array>

namespace migstorm::lab {

namespace {

constexpr std::array kDevices{
    Component{"Msvm_Keyboard", "58F75A6D-D949-4320-99E1-A2A2576D581C"},
    Component{"Msvm_SyntheticDisplayController", "02C1A6F1-7D36-4F3C-B1F4-5B5F1F7B7A11"},
    Component{"Msvm_S3DisplayController", "F3CFA70F-04C5-4F3A-9B2F-6B7D3D0B21C4"},
    Component{"Msvm_VideoHead", "8E0B9B8F-1F0D-4C0A-A6A1-2D1C7D3E55F0"},
};

cim::InstancePtr device_row(const VirtContext& context, const Guest& guest, std::string_view class_name,
                            const std::string& device) {
  auto row = context.make(class_name);
  row.set("SystemName", text(guest.id)).set("DeviceID", text(device)).set("Name", text(device));
  return share(std::move(row));
}

cim::InstancePtr drive_row(const VirtContext& context, const Guest& guest, std::size_t number) {
  const auto& disk = guest.disks[number];
  auto row = context.make("Msvm_DiskDrive");
  row.set("SystemName", text(guest.id))
      .set("DeviceID", text(fmt::format("Microsoft:{}\\{}", guest.id, derived_guid(guest.id, disk.path))))
      .set("Name", text(fmt::format("Disk Drive {}", number)))
      .set("DefaultBlockSize", migstorm::lab::number(512))
      .set("MaxMediaSize", migstorm::lab::number(disk.size_max / 1024)); // kilobytes, as CIM has it
  return share(std::move(row));
}

void add(Dispatch& dispatch, const VirtContext& context, std::string_view class_name,
         std::function<void(const Guest&, const Dispatch::Sink&)> rows) {
  dispatch.add_source(context.at(class_name),
                      [context, rows = std::move(rows)](const cim::Hint& hint, const Dispatch::Sink& sink) {
                        context.each_guest(hinted(hint, "SystemName"), [&](GuestIndex guest) {
                          if (context.guest(guest).power == Power::running) {
                            rows(context.guest(guest), sink);
                          }
                        });
                      });
}

} // namespace

void add_devices(Dispatch& dispatch, const VirtContext& context) {
  for (const auto& device : kDevices) {
    add(dispatch, context, device.class_name,
        [context, &device](const Guest& guest, const Dispatch::Sink& sink) {
          sink(device_row(context, guest, device.class_name, device_id(guest, device)));
        });
  }
  add(dispatch, context, "Msvm_DiskDrive", [context](const Guest& guest, const Dispatch::Sink& sink) {
    for (std::size_t number = 0; number < guest.disks.size(); ++number) {
      sink(drive_row(context, guest, number));
    }
  });
}

} // namespace migstorm::lab
