#include "harness/scenario/lab_file_reader.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <memory>
#include <vector>

namespace migstorm {

namespace {

std::vector<Diagnostic> diagnose(const std::string& path, std::string text) {
  return is_lab_file(text) ? parse_lab(std::move(text), path).diagnostics
                           : parse_scenario(std::move(text), path).diagnostics;
}

int validate(const std::vector<std::string>& files) {
  int exit = kExitPassed;
  for (const std::string& path : files) {
    Result<std::string> text = read_text_file(path);
    if (!text) {
      complain(text.error());
      exit = kExitUsage;
    } else if (report_problems(diagnose(path, *std::move(text)))) {
      fmt::print("{}: valid\n", path);
    } else {
      exit = kExitUsage;
    }
  }
  return exit;
}

} // namespace

void add_validate(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("validate", "Check scenario and lab files");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("files", *files, "Scenarios and lab files; which one it is, is told by its keys")
      ->required()
      ->type_name("FILE");
  command->footer("Every problem is told with line and column. Exit code 2 if there is any.");
  command->callback([files, &action] { action = [files] { return validate(*files); }; });
}

} // namespace migstorm
