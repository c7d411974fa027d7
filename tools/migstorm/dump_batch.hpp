// Many dumps, triaged by several threads and told of in the order in which they were named.
#pragma once

#include "analyzers/triage/triage.hpp"

#include <functional>
#include <string>
#include <vector>

namespace migstorm {

struct TriagedDump {
  std::string file;
  Result<triage::TriageResult> result;
};

// Files of these paths; a folder stands for the dumps in it and below: *.dmp, also packed (.gz, .zst, .zip),
// in the order of their names. not_found: a path that is neither.
Result<std::vector<std::string>> find_dumps(const std::vector<std::string>& paths);

using TellDump = std::function<void(const TriagedDump&)>;

// `tell` is called by the calling thread, once per file and in their order. False: stopped before the last
// one, because `go_on` said so.
bool triage_dumps(const std::vector<std::string>& files, triage::Images& images,
                  triage::TriageOptions options, const TellDump& tell, const std::function<bool()>& go_on);

} // namespace migstorm
