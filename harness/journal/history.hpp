// What was noticed and noted while a run went on, in the order of time. Blocking.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <string>
#include <vector>

namespace migstorm {

struct HistoryLine {
  Instant at{};        // a signal: when it was noticed
  std::string kind;    // a note's, or a signal's
  std::string subject; // a guest's name or id, a host, a run, ...
  std::string detail;
};

// `run`: the full id. Lines between both instants, at most `most`: the earliest.
Result<std::vector<HistoryLine>> load_history(const std::string& path, const std::string& run, Instant from,
                                              Instant until, std::size_t most);

// All notes of one kind ("clock").
Result<std::vector<HistoryLine>> load_notes(const std::string& path, const std::string& run,
                                            const std::string& kind, std::size_t most);

} // namespace migstorm
