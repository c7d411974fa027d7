// What goes wrong with dumps, done to a good one.
#pragma once

#include "tools/make_dump/machine.hpp"
#include "tools/make_dump/sparse_file.hpp"

namespace migstorm::make_dump {

void spoil_machine(Machine& machine, Spoil spoil);                             // before it is written
void spoil_file(SparseFile& file, const Shape& shape, Kind kind, Spoil spoil); // afterwards

} // namespace migstorm::make_dump
