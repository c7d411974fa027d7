#include "tools/migstorm/command.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace migstorm {

namespace {

struct ReportOptions {
  std::string run;
  std::string journal;
  std::string format = "text";
  std::string out;
};

int write_out(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    return complain(Error{Errc::storage, fmt::format("write {}: {}", path, std::strerror(errno))});
  }
  return kExitPassed;
}

int report_run(const ReportOptions& options) {
  const Result<report::Summary> summary = read_summary(options.journal, options.run);
  if (!summary) {
    return complain(summary.error());
  }
  const std::string text = options.format == "json" ? report::to_json(*summary) : report::to_text(*summary);
  if (!options.out.empty()) {
    return write_out(options.out, text);
  }
  fmt::print("{}", text);
  return kExitPassed;
}

} // namespace

void add_report(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("report", "Say what a run found");
  auto options = std::make_shared<ReportOptions>();
  command->add_option("run", options->run, "The run's id, its beginning, or 'last'")
      ->required()
      ->type_name("RUN");
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "Write to a file instead of stdout")->type_name("FILE");
  add_journal_option(*command, options->journal);
  command->callback([options, &action] { action = [options] { return report_run(*options); }; });
}

} // namespace migstorm
