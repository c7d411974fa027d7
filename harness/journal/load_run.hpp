// One run out of an open journal.
#pragma once

#include "harness/journal/sqlite.hpp"

#include <migstorm/journal.hpp>

namespace migstorm {

// A failure sticks to the database; what is returned then is not to be used.
LoadedRun read_run(sqlite::Database& database, std::int64_t run);
std::optional<RunEnd> read_end(sqlite::Database& database, std::int64_t run);

} // namespace migstorm
