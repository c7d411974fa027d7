// A run as the journal would load it, for tests to spoil one thing of.
#pragma once

#include <migstorm/journal.hpp>

#include <chrono>
#include <string>

namespace migstorm::test {

inline StepRecord ended_step(std::uint32_t index, StepState state, const std::string& unqualified = "") {
  StepRecord record;
  record.step = {index, 0, "hv-01", "hv-02", {}};
  record.state = state;
  if (state == StepState::planned) {
    return record;
  }
  record.attempts = 1;
  if (state > StepState::intended) {
    Outcome outcome;
    outcome.step = index;
    outcome.state = state;
    outcome.qualified = state == StepState::completed && unqualified.empty();
    outcome.unqualified_reason = unqualified;
    if (outcome.qualified) {
      outcome.grown = 8ULL << 20U;
    }
    record.outcome = outcome;
  }
  return record;
}

inline Crash storvsc_crash(std::uint32_t number, std::uint32_t step, Instant at) {
  Crash crash;
  crash.number = number;
  crash.guest = "6B29FC40-CA47-1067-B31D-00DD010662DA";
  crash.guest_name = "sql-03";
  crash.host = "hv-02";
  crash.step = step;
  crash.noticed = at + std::chrono::seconds(20);
  crash.earliest = at;
  crash.latest = at;
  crash.bugcheck = 0x100000d1;
  crash.parameters = {0x28, 2, 0, 0xfffff88001a4b2b5};
  crash.signature = "0xd1|read|storvsc!StorChannelVmbusCallback";
  crash.known_issue = "KB2636573";
  crash.dump_path = "C:\\Windows\\MEMORY.DMP";
  crash.reasons = {"event 18590 on hv-02", "uptime went backwards"};
  return crash;
}

inline RunEnd reproduced_end() {
  RunEnd end;
  end.verdict = "REPRODUCED";
  end.reason = "3 crashes with the same signature";
  end.at = std::chrono::hours(9) + std::chrono::minutes(26);
  end.wire = {24123, 12, 3, 16, 16};
  end.detectors = {{DetectorKind::heartbeat, true, std::chrono::seconds(998), std::chrono::seconds(1000)},
                   {DetectorKind::uptime, true, std::chrono::seconds(1000), std::chrono::seconds(1000)},
                   {DetectorKind::host_events, false, {}, {}}};
  return end;
}

// 12,000 planned; 4,211 qualified, 79 without growth, 20 failed, 7 unknown; three crashes, REPRODUCED.
inline LoadedRun sample_run() {
  LoadedRun run;
  run.run.id = "20261124-164512-3f9a";
  run.run.scenario_name = "kb2636573-reproduce";
  run.run.campaign = CampaignKind::reproduce;
  run.run.seed = 18446744073709551615U;
  run.run.epoch = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::seconds(60312);
  run.run.version = "0.1.0";
  const auto add = [&run](int count, StepState state, const char* unqualified) {
    for (int i = 0; i < count; ++i) {
      run.steps.push_back(ended_step(static_cast<std::uint32_t>(run.steps.size()), state, unqualified));
    }
  };
  add(4211, StepState::completed, "");
  add(79, StepState::completed, "growth");
  add(20, StepState::failed, "not-moved");
  add(7, StepState::unknown, "");
  add(12000 - 4317, StepState::planned, "");
  for (std::uint32_t i = 1; i <= 3; ++i) {
    run.crashes.push_back(storvsc_crash(i, 1234 * i, std::chrono::hours(3 * i)));
  }
  run.end = reproduced_end();
  run.last = run.end->at;
  return run;
}

} // namespace migstorm::test
