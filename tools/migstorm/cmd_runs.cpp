#include "harness/journal/archive.hpp"
#include "harness/report/runs_text.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <memory>

namespace migstorm {

namespace {

int runs(const std::string& journal, bool json) {
  const Result<std::vector<RunListing>> listed = list_runs(journal);
  if (!listed) {
    return complain(listed.error());
  }
  fmt::print("{}", json ? report::runs_json(*listed) : report::runs_table(*listed));
  return kExitPassed;
}

} // namespace

void add_runs(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("runs", "List the runs in the journal");
  auto journal = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  add_journal_option(*command, *journal);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([journal, json, &action] { action = [journal, json] { return runs(*journal, *json); }; });
}

} // namespace migstorm
