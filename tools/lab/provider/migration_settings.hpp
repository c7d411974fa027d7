// Msvm_VirtualSystemMigrationSettingData as text from a client, checked as a host checks it.
#pragma once

#include "tools/lab/provider/host_context.hpp"

#include <cstdint>
#include <string>

namespace migstorm::lab {

// MigrationType
inline constexpr std::uint16_t kMoveVirtualSystem = 32768;
inline constexpr std::uint16_t kMoveStorageDeepCheck = 32772;

struct MigrationSettings {
  std::uint32_t refusal = 0; // ReturnValue; 0: usable
  std::uint16_t migration_type = 0;
};

// Properties that this release does not know, and values of another type than declared, are refused.
MigrationSettings check_migration_settings(const VirtContext& context, const std::string& cim_xml);

} // namespace migstorm::lab
