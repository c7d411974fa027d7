// An x64 function that is already leaving: its epilog is simulated, for unwind data describes prologs only.
#pragma once

#include "analyzers/triage/code_map.hpp"
#include "analyzers/triage/registers.hpp"

namespace migstorm::triage {

// True when `registers` stood in an epilog; they are the caller's then.
bool leave_by_epilog(Registers& registers, const FunctionFrame& function, const ReadMemory& memory,
                     CodeMap& code);

} // namespace migstorm::triage
