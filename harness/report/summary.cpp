#include "harness/report/summary.hpp"

#include <algorithm>
#include <iterator>

namespace migstorm::report {

namespace {

void count_outcome(MigrationCounts& counts, const Outcome& outcome) {
  if (outcome.qualified) {
    ++counts.qualified;
    return;
  }
  const bool told = !outcome.unqualified_reason.empty();
  ++counts.unqualified[told ? outcome.unqualified_reason : std::string(to_string(outcome.state))];
}

MigrationCounts count_migrations(const std::vector<StepRecord>& steps) {
  MigrationCounts counts;
  counts.planned = steps.size();
  for (const StepRecord& step : steps) {
    counts.attempted += step.attempts > 0 ? 1 : 0;
    counts.in_flight += step.state == StepState::intended ? 1 : 0;
    counts.completed += step.state == StepState::completed ? 1 : 0;
    counts.failed += step.state == StepState::failed ? 1 : 0;
    counts.unknown += step.state == StepState::unknown ? 1 : 0;
    if (step.outcome && step.state != StepState::skipped) {
      count_outcome(counts, *step.outcome);
    }
  }
  return counts;
}

// Signals that tell only when they were noticed leave the window at zero.
CrashLine crash_line(const Crash& crash, CivilTime epoch) {
  const Instant latest = crash.latest == Instant{} ? crash.noticed : crash.latest;
  const Instant earliest = std::min(crash.earliest == Instant{} ? latest : crash.earliest, latest);
  return {crash, epoch + latest, epoch + earliest, epoch + std::max(crash.noticed, latest)};
}

SignatureLine signature_line(std::string signature, std::uint64_t count, std::uint64_t qualified) {
  SignatureLine line{std::move(signature), count, {}, {}};
  if (qualified > 0 && count <= qualified) {
    const auto [low, high] = stats::clopper_pearson(count, qualified);
    line.per_1000 = stats::per_thousand(count, qualified);
    line.interval95 = stats::Interval{1000 * low, 1000 * high};
  }
  return line;
}

std::vector<SignatureLine> count_signatures(const std::vector<Crash>& crashes, std::uint64_t qualified) {
  std::map<std::string, std::uint64_t> counts;
  for (const Crash& crash : crashes) {
    ++counts[crash.signature];
  }
  std::vector<SignatureLine> lines;
  lines.reserve(counts.size());
  for (const auto& [signature, count] : counts) {
    lines.push_back(signature_line(signature, count, qualified));
  }
  std::ranges::stable_sort(lines, std::ranges::greater{}, &SignatureLine::count);
  return lines;
}

DetectorLine detector_line(const DetectorAlive& detector) {
  if (!detector.applicable || detector.total <= Span{}) {
    return {detector.kind, std::nullopt};
  }
  const double fraction =
      static_cast<double>(detector.alive.count()) / static_cast<double>(detector.total.count());
  return {detector.kind, std::clamp(fraction, 0.0, 1.0)};
}

void take_end(Summary& summary, const RunEnd& end) {
  summary.verdict = end.verdict;
  summary.reason = end.reason;
  summary.wire = end.wire;
  summary.longest_turn = end.longest_turn;
  std::ranges::transform(end.detectors, std::back_inserter(summary.detectors), detector_line);
}

} // namespace

std::string_view to_string(RunState state) noexcept {
  switch (state) {
  case RunState::running:
    return "running";
  case RunState::interrupted:
    return "interrupted";
  case RunState::ended:
    break;
  }
  return "ended";
}

RunState run_state(const std::optional<RunEnd>& end, bool being_written) noexcept {
  if (end && !end->resumable) {
    return RunState::ended;
  }
  return being_written ? RunState::running : RunState::interrupted;
}

Summary summarise(const LoadedRun& run, bool being_written) {
  Summary summary;
  summary.run = run.run.id;
  summary.scenario = run.run.scenario_name;
  summary.campaign = run.run.campaign;
  summary.seed = run.run.seed;
  summary.version = run.run.version;
  summary.state = run_state(run.end, being_written);
  summary.started = run.run.epoch;
  summary.newest = run.run.epoch + (run.end ? run.end->at : run.last);
  summary.migrations = count_migrations(run.steps);
  for (const StepRecord& step : run.steps) {
    if (step.outcome && step.outcome->grown) {
      summary.disk_growth = summary.disk_growth.value_or(0) + *step.outcome->grown;
    }
  }
  summary.signatures = count_signatures(run.crashes, summary.migrations.qualified);
  for (const Crash& crash : run.crashes) {
    summary.crashes.push_back(crash_line(crash, run.run.epoch));
  }
  for (const Condition& condition : run.conditions) {
    summary.compared += condition.at_end ? 1U : 0U;
    if (condition.differs()) {
      summary.differences.push_back(condition);
    }
  }
  if (run.end) {
    take_end(summary, *run.end);
  }
  return summary;
}

} // namespace migstorm::report
