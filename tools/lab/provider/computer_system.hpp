// A virtual machine's state in the numbers of Msvm_ComputerSystem, which Msvm_SummaryInformation repeats.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/state.hpp"

namespace migstorm::lab {

cim::Value enabled_state(const Guest& guest);
// `operation`: Model::operation_of. 11 and the operation while one is under way.
cim::Value operational_status(std::uint16_t operation);
cim::Value status_descriptions(std::uint16_t operation);

} // namespace migstorm::lab
