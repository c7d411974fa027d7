#include "harness/report/findings.hpp"

#include "harness/report/json.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::report {

using preflight::Finding;
using preflight::Severity;

namespace {

constexpr int kFindingsSchema = 1;

std::size_t count_of(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& finding) { return finding.severity == severity; }));
}

} // namespace

std::string findings_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& each : findings) {
    text += fmt::format("{:<8} {}, {}: {}\n", to_string(each.severity), each.subject, each.check, each.seen);
    if (!each.why.empty()) {
      text += fmt::format("         {}\n", each.why);
    }
    if (!each.fix.empty()) {
      text += fmt::format("         To do: {}\n", each.fix);
    }
  }
  return text + fmt::format("{} findings: {} ok, {} warnings, {} errors, {} unknown.\n", findings.size(),
                            count_of(findings, Severity::ok), count_of(findings, Severity::warning),
                            count_of(findings, Severity::error), count_of(findings, Severity::unknown));
}

std::string findings_json(const std::vector<Finding>& findings) {
  JsonWriter json;
  json.begin_object().member("schema", kFindingsSchema).key("findings").begin_array();
  for (const Finding& each : findings) {
    json.begin_object().member("check", each.check).member("severity", to_string(each.severity));
    json.member("subject", each.subject).member("seen", each.seen);
    json.key("why").text_or_null(each.why).key("fix").text_or_null(each.fix).end_object();
  }
  json.end_array().end_object();
  return std::move(json).finish() + "\n";
}

} // namespace migstorm::report
