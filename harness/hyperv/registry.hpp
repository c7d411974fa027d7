// Values below HKEY_LOCAL_MACHINE, by StdRegProv.
#pragma once

#include "harness/hyperv/host.hpp"

#include <optional>
#include <string>

namespace migstorm::hyperv {

// Nothing: there is no such value, or it has another type.
Task<Result<std::optional<std::uint32_t>>> read_dword(Host& machine, std::string key, std::string value);
// REG_SZ and REG_EXPAND_SZ; the latter comes with its variables resolved.
Task<Result<std::optional<std::string>>> read_string(Host& machine, std::string key, std::string value);

} // namespace migstorm::hyperv
