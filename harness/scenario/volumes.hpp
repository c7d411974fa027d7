// Which volume of a host a file lies on.
#pragma once

#include <migstorm/hyperv.hpp>

namespace migstorm {

// The longest path that fits; null: none of them.
const hyperv::Volume* volume_of(const std::vector<hyperv::Volume>& volumes, std::string_view path) noexcept;

} // namespace migstorm
