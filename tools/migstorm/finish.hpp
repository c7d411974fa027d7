// How run, resume and sim end: the summary on stdout, and the exit code that goes with it.
#pragma once

#include "tools/migstorm/wire.hpp"

#include <migstorm/result.hpp>

#include <string>

namespace migstorm {

int finish_run(const Result<RunOutcome>& outcome, const std::string& journal, bool json);

} // namespace migstorm
