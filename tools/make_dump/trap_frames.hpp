// The record of what a page fault interrupted.
#pragma once

#include "tools/make_dump/machine.hpp"

namespace migstorm::make_dump {

// At machine.trap_frame, for the machine's bugcheck; `before` is what the interrupted function had.
void fill_trap_frame(Machine& machine, const Registers& before);

} // namespace migstorm::make_dump
