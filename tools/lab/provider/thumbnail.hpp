// What a virtual machine's console shows, as GetVirtualSystemThumbnailImage returns it: RGB565,
// little-endian, row by row.
#pragma once

#include "tools/lab/engine/state.hpp"

#include <cstdint>
#include <vector>

namespace migstorm::lab {

// Every byte becomes a value of its own on the way out, so pictures are small.
inline constexpr std::uint64_t kThumbnailPixelsMax = 320ULL * 240;
inline constexpr std::uint32_t kThumbnailSideMax = 1024;

// A logon screen while the guest is well, its release's stop screen once it has crashed, lines of text on
// black while it starts, black while it is off.
std::vector<std::uint8_t> render_console(const Guest& guest, Instant now, std::uint32_t width,
                                         std::uint32_t height);

} // namespace migstorm::lab
