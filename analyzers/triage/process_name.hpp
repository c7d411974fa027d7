// The name of the process that was running, from its EPROCESS.
#pragma once

#include "analyzers/kdump/dump.hpp"

#include <string>

namespace migstorm::triage {

// Empty where the build's layout is not known, or the record is not in the dump.
std::string process_name(const kdump::Dump& dump);

} // namespace migstorm::triage
