// A virtual machine's state in the numbers of Msvm_ComputerSystem, which Msvm_SummaryInformation repeats.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/state.hpp"

namespace migstorm::lab {

cim::Value enabled_state(const Guest& guest);
cim::Value operational_status(bool migrating); // 11 and 32774 while a move is under way
cim::Value status_descriptions(bool migrating);

} // namespace migstorm::lab
