// Which registers a stack starts from: those that the bugcheck's parameters name, before the header's.
#pragma once

#include "analyzers/kdump/dump.hpp"
#include "analyzers/triage/registers.hpp"
#include "analyzers/triage/rules.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migstorm::triage {

struct StartContext {
  Registers registers;
  std::string from; // in words
};

// nullopt where no record of the dump holds a place in the kernel. `trace` tells what was passed over, and
// why.
std::optional<StartContext> find_start(const kdump::Dump& dump, const ReadMemory& memory,
                                       const BugcheckRule* rule, std::vector<std::string>& trace);

// The address of the instruction that the parameters, or the exception record that they point to, name.
std::optional<std::uint64_t> named_instruction(const kdump::Dump& dump, const ReadMemory& memory,
                                               const BugcheckRule* rule);

} // namespace migstorm::triage
