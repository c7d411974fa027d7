// Numbers and names of the two virtualization namespaces, translated to the enums of the port. Unknown values
// become the enum's "unknown" (or what harms least), never a value out of its list.
#pragma once

#include <migstorm/hyperv.hpp>
#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace migstorm::hyperv {

enum class Schema : std::uint8_t { v2, v1 };

EnabledState to_enabled_state(Schema schema, std::optional<std::uint64_t> value) noexcept;
Heartbeat to_heartbeat(std::optional<std::uint64_t> value) noexcept;
// A state that is not in the list counts as running: the job is looked at again.
JobState to_job_state(std::optional<std::uint64_t> value) noexcept;
GroupState to_group_state(std::optional<std::int64_t> value) noexcept;
NodeState to_node_state(std::optional<std::int64_t> value) noexcept;
DiskType to_disk_type(std::optional<std::uint64_t> value) noexcept;
// By Msvm_VirtualHardDiskSettingData.Format; where the host does not tell (v1), by the file's name.
DiskFormat to_disk_format(std::optional<std::uint64_t> value, std::string_view path) noexcept;

// What a ResourceSubType stands for, in the spelling of either namespace.
enum class Device : std::uint8_t {
  other,
  scsi_controller,
  ide_controller,
  virtual_disk,
  physical_disk,
  disc_image,
  disk_drive,
};
Device to_device(std::string_view resource_sub_type) noexcept;

// What the ReturnValue of a method means: ok for 0 and 4096 (a job was started).
inline constexpr std::uint32_t kJobStarted = 4096;
Status check_return(std::string_view method, std::uint32_t value);

// "6.1.7601" is older than 6.2; a version that cannot be read is not.
bool older_than(std::string_view os_version, unsigned major, unsigned minor) noexcept;

// OperationalStatus holds "in service" and "migrating".
bool is_migrating(const std::vector<std::uint64_t>& operational_status) noexcept;
// ... and another operation on the machine: snapshots, merges, exports (32768 to 32773).
bool is_busy(const std::vector<std::uint64_t>& operational_status) noexcept;

} // namespace migstorm::hyperv
