// For the commands that read a run from the journal.
#pragma once

#include "harness/report/summary.hpp"

#include <migstorm/result.hpp>

#include <string>
#include <string_view>

namespace migstorm {

Result<report::Summary> read_summary(const std::string& journal, std::string_view run);

// "migstorm: ..." on stderr, and the exit code that goes with the error.
int complain(const Error& error);

} // namespace migstorm
