// What a check of a cluster found, in words and as JSON.
#pragma once

#include "harness/preflight/finding.hpp"

#include <string>
#include <vector>

namespace migstorm::report {

std::string findings_text(const std::vector<preflight::Finding>& findings);
// {schema, findings [{check, severity, subject, seen, why, fix}]}
std::string findings_json(const std::vector<preflight::Finding>& findings);

} // namespace migstorm::report
