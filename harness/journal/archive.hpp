// Reading journals: which runs there are and what is in one. Works while a run is being written, sees whole
// transactions only, and changes nothing but the stop request. Blocking.
#pragma once

#include <migstorm/journal.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

// In the order in which they began.
Result<std::vector<RunListing>> list_runs(const std::string& path);

// `which` is a full id, the beginning of exactly one id, or "last" for the run that began last.
Result<LoadedRun> load_run(const std::string& path, std::string_view which);

// Whether a living process writes the run; its full id is asked for.
bool is_being_written(const std::string& path, std::string_view run);

// Asks the process that writes the run to finish (1) or to abandon what is in flight (2); returns the run's
// id. A request is never weakened by a later one. not_found if nobody is writing it.
Result<std::string> request_stop(const std::string& path, std::string_view which, int level);

} // namespace migstorm
