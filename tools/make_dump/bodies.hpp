// What follows the header, per kind of dump. Each begins where the header ends.
#pragma once

#include "tools/make_dump/machine.hpp"
#include "tools/make_dump/sparse_file.hpp"

#include <vector>

namespace migstorm::make_dump {

// Frames that a dump of this kind holds, ascending, neighbours joined.
std::vector<Run> present_runs(const PhysicalMemory& memory, Kind kind);

// The pages of `runs`, one after the other from `offset` on; gives the offset after the last.
std::uint64_t write_pages(SparseFile& file, std::uint64_t offset, const std::vector<Run>& runs,
                          const PhysicalMemory& memory);

void write_summary_body(SparseFile& file, const Machine& machine, Kind kind); // type 2
void write_bitmap_body(SparseFile& file, const Machine& machine, Kind kind);  // types 5, 6, 7
void write_range_body(SparseFile& file, const Machine& machine, Kind kind);   // types 8, 9, A
void write_triage_body(SparseFile& file, const Machine& machine);             // type 4

} // namespace migstorm::make_dump
