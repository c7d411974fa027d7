// A simulated cluster of one release in this process, in virtual time, and the client that asks it.
#pragma once

#include "harness/hyperv/wsman_cluster.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"
#include "tools/migstorm/clock.hpp"
#include "tools/migstorm/embedded_lab.hpp"
#include "tools/migstorm/lab_transport.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace migstorm::testing {

// scenarios/labs/RELEASE.yaml
inline std::string lab_text(const std::string& release) {
  std::ifstream file(std::filesystem::path(MIGSTORM_SOURCE_DIR) / "scenarios/labs" / (release + ".yaml"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Puts `more` behind the first place where `anchor` stands.
inline void insert_after(std::string& text, std::string_view anchor, std::string_view more) {
  const std::size_t at = text.find(anchor);
  REQUIRE(at != std::string::npos);
  text.insert(at + anchor.size(), more);
}

inline LabInput parse_lab_text(const std::string& text) {
  Checked<LabInput> parsed = parse_lab(text, "lab.yaml");
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    FAIL(to_string(diagnostic));
  }
  return std::move(parsed.value);
}

struct Client {
  explicit Client(const std::string& text) : input(parse_lab_text(text)), clock(runtime) {
    Result<std::unique_ptr<EmbeddedLab>> made = EmbeddedLab::make(input, clock, 7, "");
    REQUIRE(made);
    lab = *std::move(made);
    cluster =
        hyperv::make_wsman_cluster(runtime, input.lab, make_lab_factory(runtime, lab->endpoint(), input.lab));
  }

  template <class T>
  T run(Task<T> task) {
    return migstorm::run(runtime, std::move(task));
  }

  std::vector<hyperv::GuestFacts> guests(const std::string& host) {
    auto found = run(cluster->inventory(host));
    if (!found) {
      FAIL(found.error().detail);
    }
    return *std::move(found);
  }

  // The first whose name begins so.
  hyperv::GuestFacts guest(const std::string& host, const std::string& name) {
    for (hyperv::GuestFacts& facts : guests(host)) {
      if (facts.name.starts_with(name)) {
        return std::move(facts);
      }
    }
    FAIL(name << " is not on " << host);
    return {};
  }

  SimRuntime runtime{SimOptions{}};
  LabInput input;
  RuntimeClock clock;
  std::unique_ptr<EmbeddedLab> lab;
  std::unique_ptr<hyperv::Cluster> cluster;
};

} // namespace migstorm::testing
