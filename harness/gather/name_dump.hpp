// Whether a dump is the one that a crash left, whether it is whole, and what it names. Reads it where it is.
// Blocks.
#pragma once

#include "analyzers/triage/images.hpp"
#include "analyzers/triage/triage.hpp"
#include "harness/gather/way.hpp"

#include <migstorm/crash.hpp>
#include <migstorm/runtime.hpp>

namespace migstorm::gather {

// A crash, and when it happened.
struct CrashTime {
  Crash crash;
  CivilTime earliest{};
  CivilTime latest{};
};

// By the dump's header alone: a few kilobytes. not_found: it is of another crash, which its bugcheck tells,
// or its time where the crash's bugcheck is not known. truncated and malformed: no header yet.
CivilTime civil_of_filetime(std::uint64_t filetime); // 100 ns since 1601

Status check_header(DumpFile& file, const CrashTime& crash);

// Reads what naming it takes. truncated: pages that its tables promise are not there (yet). stale: it changed
// since it had `facts`.
Result<triage::TriageResult> name_dump(DumpFile& file, const DumpFacts& facts, const CrashTime& crash,
                                       triage::Images& images);

} // namespace migstorm::gather
