// Takes a run up again from its journal: nothing is moved twice, nothing is counted twice.
#pragma once

#include "harness/campaign/dispatcher.hpp"

namespace migstorm::campaign {

// The plan as the journal has it.
Plan plan_of(LoadedRun& loaded);

// Sets counts, places and cursors. Steps that were intended and have no outcome are occupied, for reattach().
void restore_state(Core& core, Mover& mover, LoadedRun& loaded);
void reattach_intended(Core& core, Dispatcher& dispatcher, LoadedRun& loaded);

} // namespace migstorm::campaign
