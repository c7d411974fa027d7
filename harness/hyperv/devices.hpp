// The devices of one guest that bear on its disks: SCSI and IDE controllers, drives, and the images in them.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

struct DeviceSetting {
  Device device = Device::other;
  std::string id;                    // InstanceID, as the host spells it
  std::string parent;                // InstanceID of what it hangs on, in lower case; empty: none
  std::optional<std::uint32_t> slot; // of a drive on its controller
  std::string path;                  // of an image: the file
};

// Of a row of Msvm_ResourceAllocationSettingData or Msvm_StorageAllocationSettingData: the InstanceID in its
// Parent, in lower case; empty: none.
std::string parent_id(const wsman::Instance& row);

// not_found: the host has no such guest, which v1 and v2 both show by having no settings of it.
Task<Result<std::vector<DeviceSetting>>> read_devices(Host& host, KnownPtr known, GuestId guest);

// The image whose file has this path, compared without case; nullptr: there is none.
const DeviceSetting* image_of(const std::vector<DeviceSetting>& devices, std::string_view path) noexcept;
// The setting that another one hangs on.
const DeviceSetting* parent_of(const std::vector<DeviceSetting>& devices,
                               const DeviceSetting& child) noexcept;
bool is_empty(const std::vector<DeviceSetting>& devices, const DeviceSetting& drive) noexcept;

// A place for one more drive: the first free slot of the first SCSI controller that has one.
struct FreeSlot {
  std::string controller; // InstanceID
  std::uint32_t slot = 0;
};
inline constexpr std::uint32_t kScsiSlotsMax = 64; // of one controller
std::optional<FreeSlot> free_scsi_slot(const std::vector<DeviceSetting>& devices);

} // namespace migstorm::hyperv
