// One dump's triage as one line of JSON: the contract of `migstorm triage --json` and of evidence bundles.
#pragma once

#include "analyzers/triage/triage.hpp"

#include <migstorm/result.hpp>

#include <string>

namespace migstorm::report {

struct DumpJsonOptions {
  bool explain = false; // with the rules that decided
};

std::string dump_json(const triage::TriageResult& result, const DumpJsonOptions& options = {});

// A file of which nothing can be said: the same keys, null where there is nothing, and `error`.
std::string dump_error_json(const std::string& file, const Error& error);

} // namespace migstorm::report
