// The body of a small (triage) dump: pieces of memory, and lists that the writer took out of the kernel's.
#pragma once

#include "analyzers/kdump/block_memory.hpp"
#include "analyzers/kdump/dump.hpp"

namespace migstorm::kdump {

struct SmallDump {
  TriageBlocks blocks;
  CurrentThread current;
  std::optional<DebuggerData> debugger_data;
  std::vector<Module> modules;
  std::vector<UnloadedDriver> unloaded;
  std::vector<MemoryBlock> memory;
  std::uint64_t announced_size = 0;
  std::vector<std::string> warnings;
};

SmallDump read_small_dump(const Header& header, BlockCache& cache);

} // namespace migstorm::kdump
