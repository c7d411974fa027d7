#include "harness/hyperv/devices.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kDevicesMax = 1000; // four controllers of 64 drives with an image each, and the rest

std::string wql(std::string_view properties, std::string_view class_name, const GuestId& guest) {
  return fmt::format("SELECT {} FROM {} WHERE InstanceID LIKE {}", properties, class_name,
                     quote_wql("Microsoft:" + guest + "%"));
}

DeviceSetting to_setting(const wsman::Instance& row) {
  DeviceSetting setting;
  setting.id = std::string(row.text("InstanceID").value_or(""));
  setting.device = to_device(row.text("ResourceSubType").value_or(""));
  setting.parent = parent_id(row);
  for (const auto* property : {"AddressOnParent", "Address"}) {
    const auto slot = row.number(property);
    if (slot && *slot < kScsiSlotsMax) {
      setting.slot = static_cast<std::uint32_t>(*slot);
      break;
    }
  }
  for (const auto* property : {"HostResource", "Connection"}) {
    const auto paths = row.texts(property);
    if (setting.device == Device::virtual_disk && !paths.empty()) {
      setting.path = std::string(paths.front());
      break;
    }
  }
  return setting;
}

Task<Status> read_class(Host& host, KnownPtr known, std::string query, std::vector<DeviceSetting>& devices) {
  Rows rows = co_await host.client->query(known->virtualization(), std::move(query), kDevicesMax);
  if (!rows) {
    co_return std::move(rows).error();
  }
  for (const wsman::Instance& row : *rows) {
    devices.push_back(to_setting(row));
  }
  co_return Unit{};
}

} // namespace

std::string parent_id(const wsman::Instance& row) {
  if (const wsman::Reference* reference = row.reference("Parent")) {
    const std::string* id = reference->find("InstanceID");
    return id == nullptr ? std::string() : to_lower(*id);
  }
  const auto path = row.text("Parent");
  const auto id = path ? instance_id_of_path(*path) : std::nullopt;
  return id ? to_lower(*id) : std::string();
}

Task<Result<std::vector<DeviceSetting>>> read_devices(Host& host, KnownPtr known, GuestId guest) {
  const bool v1 = known->schema() == Schema::v1;
  std::vector<DeviceSetting> devices;
  std::string query = wql(v1 ? "InstanceID, ResourceSubType, Parent, Address, Connection"
                             : "InstanceID, ResourceSubType, Parent, AddressOnParent",
                          "Msvm_ResourceAllocationSettingData", guest);
  Status read = co_await read_class(host, known, std::move(query), devices);
  if (read && !v1) {
    query =
        wql("InstanceID, ResourceSubType, Parent, HostResource", "Msvm_StorageAllocationSettingData", guest);
    read = co_await read_class(host, known, std::move(query), devices);
  }
  if (!read) {
    co_return std::move(read).error();
  }
  if (devices.empty()) {
    co_return Error{Errc::not_found, fmt::format("no settings of guest {} here", guest)};
  }
  co_return devices;
}

const DeviceSetting* image_of(const std::vector<DeviceSetting>& devices, std::string_view path) noexcept {
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceSetting& setting) {
    return setting.device == Device::virtual_disk && wsman::same_name(setting.path, path);
  });
  return found == devices.end() ? nullptr : &*found;
}

const DeviceSetting* parent_of(const std::vector<DeviceSetting>& devices,
                               const DeviceSetting& child) noexcept {
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceSetting& setting) {
    return wsman::same_name(setting.id, child.parent);
  });
  return found == devices.end() ? nullptr : &*found;
}

bool is_empty(const std::vector<DeviceSetting>& devices, const DeviceSetting& drive) noexcept {
  return std::none_of(devices.begin(), devices.end(), [&](const DeviceSetting& setting) {
    return wsman::same_name(setting.parent, drive.id);
  });
}

std::optional<FreeSlot> free_scsi_slot(const std::vector<DeviceSetting>& devices) {
  for (const DeviceSetting& controller : devices) {
    if (controller.device != Device::scsi_controller) {
      continue;
    }
    std::set<std::uint32_t> taken;
    bool all_known = true;
    for (const DeviceSetting& on_it : devices) {
      if (wsman::same_name(on_it.parent, controller.id)) {
        all_known = all_known && on_it.slot.has_value();
        taken.insert(on_it.slot.value_or(0));
      }
    }
    for (std::uint32_t slot = 0; all_known && slot < kScsiSlotsMax; ++slot) {
      if (!taken.contains(slot)) {
        return FreeSlot{controller.id, slot};
      }
    }
  }
  return std::nullopt;
}

} // namespace migstorm::hyperv
