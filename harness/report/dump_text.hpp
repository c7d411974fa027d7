// A dump's triage as text, in the order that a debugger's analysis has: bugcheck, process, stack, culprit,
// signature.
#pragma once

#include "analyzers/triage/triage.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace migstorm::report {

// What names the crash in one screen.
std::string dump_text(const triage::TriageResult& result);

std::string dump_stack_text(const triage::TriageResult& result);
std::string dump_modules_text(const triage::TriageResult& result);
std::string dump_explain_text(const triage::TriageResult& result);

// What a table of many dumps keeps of each.
struct DumpLine {
  std::string file;
  std::string signature; // empty: unreadable
  std::string issue;     // "KB2636573 (certain)"
  std::string error;
};
DumpLine line_of_dump(const triage::TriageResult& result);

// Grouped by signature, the commonest first.
std::string dump_table(const std::vector<DumpLine>& dumps);

} // namespace migstorm::report
