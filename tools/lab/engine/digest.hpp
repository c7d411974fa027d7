// Tells configurations apart: a ledger can only be gone on from under the configuration it was written under.
#pragma once

#include "tools/lab/engine/config.hpp"

#include <cstdint>
#include <string_view>

namespace migstorm::lab {

std::uint64_t digest_of(std::string_view text) noexcept; // FNV-1a
std::uint64_t digest_of(const SimulatedConfig& config);  // of what matters to the engine

} // namespace migstorm::lab
