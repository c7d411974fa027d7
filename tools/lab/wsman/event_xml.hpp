// Events as the event log service writes them.
#pragma once

#include "tools/lab/cim/model.hpp"

#include <string>
#include <string_view>

namespace migstorm::lab::wsman {

// <Event xmlns="...">...</Event>, with RenderingInfo if `rendered`.
void append_event(std::string& out, const cim::LoggedEvent& event, std::string_view channel,
                  std::string_view computer, bool rendered);

} // namespace migstorm::lab::wsman
