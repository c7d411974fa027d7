// Small lab files for tests of the whole program.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm::test {

struct LabText {
  std::string clock = "lockstep";
  std::uint16_t port = 5985;
  std::string duration = "5s..20s";
  std::string hazard = "1/50"; // crashes come soon enough for a short test
  std::string faults;          // "all"; empty: none
  std::string polling;         // "{jobs: 1s, ...}"; empty: the defaults

  std::string text() const {
    std::string lab = fmt::format(R"(name: test
clock: {}
allow_unencrypted: true
credentials:
  lab: {{user: 'LAB\migstorm', password: not-a-secret}}
)",
                                  clock);
    if (!polling.empty()) {
      lab += fmt::format("polling: {}\n", polling);
    }
    lab += fmt::format(R"(simulated:
  port: {}
  cluster: {{name: LAB-CLUSTER}}
  hosts:
    - {{name: NODE, count: 3, release: 2012r2, clustered: true, migrations_max: 2}}
    - {{name: HV, count: 2, release: 2012r2, migrations_max: 2}}
  guests:
    - {{name: sql-ha, count: 6, on: NODE, clustered: true, notes: migstorm, load: 40MiB/s, winrm: true,
       disks: [{{bus: scsi, type: dynamic, size: 40GiB, count: 4}}]}}
    - {{name: sql, count: 3, on: HV, notes: migstorm, load: 40MiB/s, winrm: true,
       disks: [{{bus: scsi, type: dynamic, size: 40GiB, count: 4}}]}}
  moves: {{duration: {}, blackout: 100ms..500ms}}
  crash: {{hazard: {}}}
)",
                       port, duration, hazard);
    if (!faults.empty()) {
      lab += fmt::format("  faults: {}\n", faults);
    }
    return lab;
  }
};

// Three nodes of 2008 R2, faults armed. `control`: they pass control codes on.
inline std::string old_cluster_text(bool control) {
  return fmt::format(R"(name: old
clock: lockstep
allow_unencrypted: true
credentials:
  lab: {{user: 'LAB\migstorm', password: not-a-secret}}
simulated:
  cluster: {{name: OLD-CLUSTER, resource_control: {}}}
  hosts: [{{name: OLD, count: 3, release: 2008r2sp1, clustered: true, winrm: true}}]
  guests:
    - {{name: sql-ha, count: 6, on: OLD, clustered: true, release: 2008r2sp1, notes: migstorm, load: 40MiB/s, winrm: true,
       disks: [{{bus: scsi, type: dynamic, size: 40GiB, count: 4}}]}}
  crash: {{hazard: 1/50}}
  faults: all
)",
                     control);
}

inline std::string scenario_text(std::uint32_t count) {
  return fmt::format(R"(name: test
campaign: reproduce
guests: {{match: "sql-*"}}
migrate: {{count: {}, concurrency: {{per_host: 2, total: 8}}, dwell: 1s..3s, timeout: 5min}}
stop: {{after: 365d}}
end: {{placement: leave}}
)",
                     count);
}

} // namespace migstorm::test
