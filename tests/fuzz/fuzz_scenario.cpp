// Any text as a scenario and as a lab file, with settings, and a small plan from what comes out.
#include "harness/scenario/lab_file_reader.hpp"
#include "harness/scenario/plan.hpp"
#include "harness/scenario/scenario_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace migstorm;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void try_plan(Scenario scenario) {
  scenario.migrate.count = std::min<std::uint32_t>(scenario.migrate.count, 20);
  const std::vector<PlanGuest> guests = {{"A", "a", "N1", {"N1", "N2", "N3"}},
                                         {"B", "b", "N2", {"N1", "N2"}}};
  const auto plan = make_plan(scenario, guests, 1);
  require(plan.has_value() && plan->steps.size() == scenario.migrate.count);
  for (const Step& step : plan->steps) {
    require(step.from != step.to && step.dwell >= scenario.migrate.dwell_min &&
            step.dwell <= scenario.migrate.dwell_max);
  }
}

void try_scenario(const std::string& text) {
  const ParsedScenario parsed = parse_scenario(text, "s");
  if (parsed.diagnostics.empty()) {
    try_plan(parsed.scenario);
    // What the journal keeps must be read back without problems.
    const yaml::Reader reader(text, "s", {"migrate.count=3"});
    require(parse_scenario(reader.text(), "s").diagnostics.empty());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  // Behind a zero byte stand settings, one a line.
  const std::size_t end = std::min(text.find('\0'), text.size());
  try_scenario(text.substr(0, end));
  static_cast<void>(parse_lab_file(text.substr(0, end), "l"));
  static_cast<void>(validate_text("f", text.substr(0, end)));
  if (end < text.size()) {
    std::vector<std::string> settings;
    for (std::size_t from = end + 1; from < text.size() && settings.size() < 8;) {
      const std::size_t stop = std::min(text.find('\n', from), text.size());
      settings.push_back(text.substr(from, stop - from));
      from = stop + 1;
    }
    const yaml::Reader reader(text.substr(0, end), "f", settings);
    static_cast<void>(parse_scenario(reader.text(), "again"));
  }
  return 0;
}
