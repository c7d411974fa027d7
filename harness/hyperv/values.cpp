#include "harness/hyperv/values.hpp"

#include "harness/hyperv/names.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace migstorm::hyperv {

namespace {

// v1 has numbers of its own for everything but on and off.
EnabledState from_v1(std::uint64_t value) noexcept {
  switch (value) {
  case 2:
    return EnabledState::enabled;
  case 3:
    return EnabledState::disabled;
  case 32768: // Paused
    return EnabledState::quiesce;
  case 32769: // Suspended
    return EnabledState::enabled_but_offline;
  case 32770:
    return EnabledState::starting;
  case 32771: // Snapshotting: on its way back to what it was
    return EnabledState::other;
  case 32773:
    return EnabledState::saving;
  case 32774: // Stopping
    return EnabledState::shutting_down;
  case 32776:
    return EnabledState::pausing;
  case 32777:
    return EnabledState::resuming;
  default:
    return EnabledState::unknown;
  }
}

EnabledState from_v2(std::uint64_t value) noexcept {
  const bool listed =
      value <= 10 || value == 32773 || value == 32776 || value == 32777 || (value >= 32779 && value <= 32792);
  return listed ? static_cast<EnabledState>(value) : EnabledState::unknown;
}

struct ReturnCode {
  std::uint32_t value;
  Errc reaction;
  std::string_view meaning;
};

// 1 to 6 and 4097 to 4099 are CIM's own, 32768 and up Hyper-V's; the last are HRESULTs and Win32 errors that
// the cluster gives. "Status unknown" and "timeout" do not say that nothing was done.
constexpr std::array kReturnCodes = {
    ReturnCode{1, Errc::unsupported, "not supported"},
    ReturnCode{2, Errc::remote_fault, "failed"},
    ReturnCode{3, Errc::unknown_outcome, "timeout"},
    ReturnCode{4, Errc::remote_fault, "failed"},
    ReturnCode{5, Errc::remote_fault, "invalid parameter"},
    ReturnCode{6, Errc::busy, "in use"},
    ReturnCode{170, Errc::busy, "ERROR_BUSY"},
    ReturnCode{4097, Errc::remote_fault, "invalid state transition"},
    ReturnCode{4098, Errc::unsupported, "timeout parameter not supported"},
    ReturnCode{4099, Errc::busy, "busy"},
    ReturnCode{32768, Errc::remote_fault, "failed"},
    ReturnCode{32769, Errc::denied, "access denied"},
    ReturnCode{32770, Errc::unsupported, "not supported"},
    ReturnCode{32771, Errc::unknown_outcome, "status unknown"},
    ReturnCode{32772, Errc::unknown_outcome, "timeout"},
    ReturnCode{32773, Errc::remote_fault, "invalid parameter"},
    ReturnCode{32774, Errc::busy, "system in use"},
    ReturnCode{32775, Errc::remote_fault, "invalid state for the operation"},
    ReturnCode{32776, Errc::remote_fault, "incorrect data type"},
    ReturnCode{32777, Errc::busy, "system not available"},
    ReturnCode{32778, Errc::busy, "out of memory"},
    ReturnCode{32779, Errc::not_found, "file not found"},
    ReturnCode{0x80041003, Errc::denied, "WBEM_E_ACCESS_DENIED"},
    ReturnCode{0x80070005, Errc::denied, "E_ACCESSDENIED"},
    ReturnCode{0x80070046, Errc::busy, "ERROR_SHARING_PAUSED"},
    ReturnCode{0x800700AA, Errc::busy, "ERROR_BUSY"},
    ReturnCode{0x800706D9, Errc::busy, "EPT_S_NOT_REGISTERED"},
};

bool ends_with_name(std::string_view text, std::string_view suffix) noexcept {
  return text.size() >= suffix.size() && wsman::same_name(text.substr(text.size() - suffix.size()), suffix);
}

} // namespace

EnabledState to_enabled_state(Schema schema, std::optional<std::uint64_t> value) noexcept {
  if (!value) {
    return EnabledState::unknown;
  }
  return schema == Schema::v1 ? from_v1(*value) : from_v2(*value);
}

Heartbeat to_heartbeat(std::optional<std::uint64_t> value) noexcept {
  constexpr std::array<std::uint64_t, 7> kListed = {2, 3, 6, 7, 12, 13, 15};
  const bool listed = value && std::find(kListed.begin(), kListed.end(), *value) != kListed.end();
  return listed ? static_cast<Heartbeat>(*value) : Heartbeat::unknown;
}

JobState to_job_state(std::optional<std::uint64_t> value) noexcept {
  const bool listed = value && ((*value >= 2 && *value <= 11) || *value == 32768);
  return listed ? static_cast<JobState>(*value) : JobState::running;
}

GroupState to_group_state(std::optional<std::int64_t> value) noexcept {
  return value && *value >= 0 && *value <= 4 ? static_cast<GroupState>(*value) : GroupState::unknown;
}

NodeState to_node_state(std::optional<std::int64_t> value) noexcept {
  return value && *value >= 0 && *value <= 3 ? static_cast<NodeState>(*value) : NodeState::unknown;
}

DiskType to_disk_type(std::optional<std::uint64_t> value) noexcept {
  switch (value.value_or(0)) {
  case 2:
    return DiskType::fixed;
  case 3:
    return DiskType::dynamic;
  case 4:
    return DiskType::differencing;
  default:
    return DiskType::unknown;
  }
}

DiskFormat to_disk_format(std::optional<std::uint64_t> value, std::string_view path) noexcept {
  switch (value.value_or(0)) {
  case 2:
    return DiskFormat::vhd;
  case 3:
    return DiskFormat::vhdx;
  case 4:
    return DiskFormat::vhd_set;
  default:
    break;
  }
  if (ends_with_name(path, ".vhdx") || ends_with_name(path, ".avhdx")) {
    return DiskFormat::vhdx;
  }
  if (ends_with_name(path, ".vhd") || ends_with_name(path, ".avhd")) {
    return DiskFormat::vhd;
  }
  return ends_with_name(path, ".vhds") ? DiskFormat::vhd_set : DiskFormat::unknown;
}

Device to_device(std::string_view resource_sub_type) noexcept {
  if (ends_with_name(resource_sub_type, "Synthetic SCSI Controller")) {
    return Device::scsi_controller;
  }
  if (ends_with_name(resource_sub_type, "Emulated IDE Controller")) {
    return Device::ide_controller;
  }
  if (ends_with_name(resource_sub_type, "Physical Disk Drive")) {
    return Device::physical_disk;
  }
  if (ends_with_name(resource_sub_type, "Virtual CD/DVD Disk")) {
    return Device::disc_image;
  }
  if (ends_with_name(resource_sub_type, "Synthetic Disk Drive")) {
    return Device::disk_drive;
  }
  return ends_with_name(resource_sub_type, "Virtual Hard Disk") ? Device::virtual_disk : Device::other;
}

Status check_return(std::string_view method, std::uint32_t value) {
  if (value == 0 || value == kJobStarted) {
    return Unit{};
  }
  const auto* known = std::find_if(kReturnCodes.begin(), kReturnCodes.end(),
                                   [&](const ReturnCode& code) { return code.value == value; });
  if (known == kReturnCodes.end()) {
    return Error{Errc::remote_fault, fmt::format("{} returned {} (0x{:x})", method, value, value)};
  }
  return Error{known->reaction, fmt::format("{} returned {} ({})", method, value, known->meaning)};
}

bool older_than(std::string_view os_version, unsigned major, unsigned minor) noexcept {
  unsigned found_major = 0;
  unsigned found_minor = 0;
  const char* end = os_version.data() + os_version.size();
  const auto first = std::from_chars(os_version.data(), end, found_major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') {
    return false;
  }
  const auto second = std::from_chars(first.ptr + 1, end, found_minor);
  if (second.ec != std::errc{}) {
    return false;
  }
  return found_major < major || (found_major == major && found_minor < minor);
}

namespace {

constexpr std::uint64_t kInService = 11;

bool in_service_with(const std::vector<std::uint64_t>& operational_status, std::uint64_t first,
                     std::uint64_t last) noexcept {
  const auto begin = operational_status.begin();
  const auto end = operational_status.end();
  return std::find(begin, end, kInService) != end &&
         std::any_of(begin, end, [&](std::uint64_t value) { return value >= first && value <= last; });
}

} // namespace

bool is_migrating(const std::vector<std::uint64_t>& operational_status) noexcept {
  return in_service_with(operational_status, 32774, 32774);
}

bool is_busy(const std::vector<std::uint64_t>& operational_status) noexcept {
  return in_service_with(operational_status, 32768, 32773);
}

} // namespace migstorm::hyperv
