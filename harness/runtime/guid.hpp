// GUIDs of version 4 in the form that Hyper-V uses: upper case, no braces.
#pragma once

#include <migstorm/random.hpp>

#include <string>

namespace migstorm {

std::string format_guid(Random& random);

} // namespace migstorm
