// A folder of its own, a small run, and records for it.
#pragma once

#include "harness/journal/archive.hpp"
#include "harness/journal/sqlite_journal.hpp"
#include "harness/runtime/sim_runtime.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::test {

class Folder {
public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "migstorm-journal-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name = "runs.db") const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

inline RunRecord sample_record(std::string id = "20260101-000000-0001") {
  RunRecord run;
  run.id = std::move(id);
  run.scenario_name = "smoke";
  run.scenario_path = "scenarios/smoke.yaml";
  run.scenario_source = "name: smoke\n";
  run.lab_path = "labs/simulated.yaml";
  run.lab_source = "name: simulated\n";
  run.campaign = CampaignKind::reproduce;
  run.seed = 0xffffffffffffffff;
  run.epoch = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  run.version = "0.1.0";
  return run;
}

inline std::vector<PlanGuest> sample_guests() {
  return {{"6B29FC40-CA47-1067-B31D-00DD010662DA", "sql-01", "hv-01", {"hv-01", "hv-02"}},
          {"00000000-0000-0000-0000-000000000002", "sql-02", "hv-02", {"hv-01", "hv-02", "hv-03"}}};
}

inline std::vector<Step> sample_steps(std::uint32_t count) {
  std::vector<Step> steps;
  for (std::uint32_t i = 0; i < count; ++i) {
    steps.push_back({i, i % 2, "hv-01", "hv-02", std::chrono::seconds(2 + i % 8)});
  }
  return steps;
}

inline Intent intent_of(std::uint32_t step, Instant at = std::chrono::seconds(1), std::uint32_t attempt = 1) {
  const PlanGuest guest = sample_guests()[step % 2];
  return {step, attempt, {guest.id, {}, "hv-01", "hv-02", hyperv::Via::wmi}, at};
}

inline Ticket ticket_of(std::uint32_t step, Instant at = std::chrono::seconds(2), std::uint32_t attempt = 1) {
  return {step, attempt, {hyperv::Via::wmi, "hv-01", fmt::format("job-{}", step)}, at};
}

inline Outcome outcome_of(std::uint32_t step, StepState state = StepState::completed,
                          Instant at = std::chrono::seconds(9), std::uint32_t attempt = 1) {
  Outcome outcome;
  outcome.step = step;
  outcome.attempt = attempt;
  outcome.state = state;
  outcome.ended_on = "hv-02";
  outcome.at = at;
  outcome.qualified = state == StepState::completed;
  outcome.unqualified_reason = outcome.qualified ? "" : "not-moved";
  if (outcome.qualified) {
    outcome.grown = 4096 + step;
  }
  return outcome;
}

// A journal on a virtual clock.
class Session {
public:
  explicit Session(const std::string& path, const JournalOptions& options = {}, std::uint64_t seed = 1)
      : runtime(SimOptions{.seed = seed}) {
    auto opened = open_journal(runtime, path, options);
    if (!opened) {
      throw std::runtime_error(opened.error().detail);
    }
    journal = *std::move(opened);
  }

  Status commit() { return run(runtime, journal->commit()); }
  Status begin(std::uint32_t steps, std::string id = "20260101-000000-0001") {
    journal->begin_run(sample_record(std::move(id)), sample_guests(), sample_steps(steps));
    return commit();
  }

  SimRuntime runtime;
  std::unique_ptr<Journal> journal;
};

} // namespace migstorm::test
