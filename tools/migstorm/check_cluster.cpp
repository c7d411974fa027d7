#include "tools/migstorm/check_cluster.hpp"

#include "harness/campaign/prepare.hpp"
#include "harness/preflight/connections.hpp"
#include "harness/preflight/dump_path.hpp"

#include <algorithm>

namespace migstorm {

namespace {

using preflight::Finding;
using preflight::Severity;

bool any_wrong(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::error || finding.severity == Severity::unknown;
  });
}

Finding no_plan(const RunInput& files, const Error& error) {
  return {"plan", Severity::error, files.scenario.name, error.detail, "a run would be refused", ""};
}

} // namespace

std::vector<Finding> check_cluster(Runtime& runtime, hyperv::Cluster& cluster, const RunInput& files,
                                   bool connections_only) {
  const LabFile& lab = files.lab.lab;
  std::vector<Finding> findings = run(runtime, preflight::check_connections(runtime, cluster, lab));
  if (connections_only || any_wrong(findings)) {
    return findings;
  }
  Result<Survey> found = run(runtime, survey(runtime, cluster, lab));
  if (!found) {
    findings.push_back(no_plan(files, found.error()));
    return findings;
  }
  constexpr std::uint64_t kAnySeed = 1; // the guests are the same with all of them
  Result<Prepared> prepared = prepare(*found, files.scenario, lab, kAnySeed);
  if (!prepared) {
    findings.push_back(no_plan(files, prepared.error()));
    return findings;
  }
  if (files.scenario.collect_dumps == "none") {
    return findings;
  }
  const std::vector<Finding> dumps =
      run(runtime, preflight::check_dump_path(runtime, cluster,
                                              facts_of(std::move(found->guests), prepared->plan.guests)));
  findings.insert(findings.end(), dumps.begin(), dumps.end());
  return findings;
}

} // namespace migstorm
