// A simulated cluster of a few lines of YAML on a clock that a test moves by hand.
#pragma once

#include "harness/scenario/yaml.hpp"
#include "tests/support/catch.hpp"
#include "tools/lab/engine/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace migstorm::lab {

class HandClock final : public LabClock {
public:
  Instant now() const noexcept override { return at; }
  CivilTime epoch() const noexcept override {
    return std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  }
  Instant at{};
};

struct ParsedConfig {
  SimulatedConfig config;
  std::vector<Diagnostic> problems;
  std::vector<std::string> keys;
};

inline ParsedConfig parse_lab(const std::string& text) {
  const yaml::Reader reader(text, "lab.yaml");
  ParsedConfig parsed;
  parsed.config = parse_simulated(reader.root().key("simulated"));
  parsed.problems = reader.diagnostics();
  parsed.keys = reader.known_keys();
  return parsed;
}

inline SimulatedConfig lab_config(const std::string& text) {
  auto parsed = parse_lab(text);
  for (const Diagnostic& problem : parsed.problems) {
    FAIL_CHECK(to_string(problem));
  }
  return parsed.config;
}

// Four nodes with eight busy clustered guests, two hosts with two busy standalone ones.
inline const std::string kMixedLab = R"(
simulated:
  cluster: {name: LAB-CLUSTER}
  hosts:
    - {name: NODE, count: 4, clustered: true}
    - {name: HV, count: 2}
  guests:
    - {name: sql, count: 8, on: NODE, clustered: true, load: 40MiB/s, winrm: true, disks: [{size: 40GiB, count: 4}]}
    - {name: web, count: 2, on: HV, load: 40MiB/s, winrm: true, disks: [{size: 40GiB, count: 4}]}
  crash: {hazard: 0}
)";

struct Lab {
  explicit Lab(const SimulatedConfig& from, std::uint64_t seed = 1, const std::string& ledger = "") {
    auto made = Model::make(from, clock, seed, ledger);
    if (!made) {
      FAIL(made.error().detail);
    }
    model = *std::move(made);
  }
  explicit Lab(const std::string& text, std::uint64_t seed = 1) : Lab(lab_config(text), seed) {}

  void pass(Span span) {
    clock.at += span;
    model->advance();
  }
  GuestIndex guest(std::string_view name) const {
    const auto& guests = model->guests();
    const auto found =
        std::find_if(guests.begin(), guests.end(), [&](const Guest& g) { return g.name == name; });
    REQUIRE(found != guests.end());
    return static_cast<GuestIndex>(found - guests.begin());
  }
  const std::string& host_of(GuestIndex index) const {
    return model->hosts()[model->guests()[index].host].name;
  }
  MigrateReply migrate(std::string_view name, const std::string& to) {
    return model->migrate({guest(name), to, 32768});
  }
  GroupReply move_group(std::string_view name, std::string_view to) {
    return model->move_group(guest(name), to, 2 | 4 | 8, kMigrationTypeLive);
  }
  std::vector<std::uint32_t> host_events(HostIndex host, Channel channel) const {
    std::vector<std::uint32_t> ids;
    for (const EventRecord& record : model->host_log(host, channel)) {
      ids.push_back(record.kind->id);
    }
    return ids;
  }

  HandClock clock;
  std::unique_ptr<Model> model;
};

// A path of its own for a ledger, gone afterwards.
struct LedgerFile {
  LedgerFile() {
    static int number = 0;
    path =
        std::filesystem::temp_directory_path() / fmt::format("migstorm-ledger-{}-{}", ::getpid(), ++number);
    std::filesystem::remove(path);
  }
  ~LedgerFile() { std::filesystem::remove(path); }
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;
  std::filesystem::path path;
};

} // namespace migstorm::lab
