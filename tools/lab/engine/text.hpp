// Names compare without case in Windows; codes are written in hex; a path tells where it can be reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm::lab {

std::string lower(std::string_view text); // ASCII
std::string upper(std::string_view text);
std::string hex_text(std::uint64_t value); // "0x8007274c"

bool on_shared_volume(std::string_view path); // of the cluster
bool shared_path(std::string_view path);      // every host reaches it: such a volume, or a share

} // namespace migstorm::lab
