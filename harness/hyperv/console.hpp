// Pictures of guests' consoles.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// GetVirtualSystemThumbnailImage, in both namespaces. The size follows the envelopes that the host takes; one
// whose answers get lost again and again is asked for less from then on.
Task<Result<ConsolePicture>> read_console(Host& host, GuestId guest);

} // namespace migstorm::hyperv
