// A virtual machine's state in the numbers of Msvm_ComputerSystem, which Msvm_SummaryInformation repeats.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/state.hpp"

namespace migstorm::lab {

// Sets the properties that tell of Hyper-V Replica, which both classes have in v2.
void set_replication(cim::Instance& row, const Hardware& has);
cim::Value enabled_state(const Guest& guest);
// `operation`: Model::operation_of. 11 and the operation while one is under way.
cim::Value operational_status(std::uint16_t operation);
cim::Value status_descriptions(std::uint16_t operation);

} // namespace migstorm::lab
