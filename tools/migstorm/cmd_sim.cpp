#include "harness/report/json.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/finish.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/run_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace migstorm {

namespace {

struct SimCommand {
  RunOptions options;
  std::string journal; // empty: a temporary one
  std::uint32_t runs = 1;
};

// Holds the journal of a simulation that nobody wants to keep.
class ScratchFolder {
public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "migstorm-sim-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::filesystem::filesystem_error("make a temporary folder", pattern,
                                              std::error_code(errno, std::generic_category()));
    }
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string file(std::uint32_t number) const {
    return (path_ / fmt::format("{}.journal", number)).string();
  }

private:
  std::filesystem::path path_;
};

std::string noticed_text(std::vector<Span> after) {
  if (after.empty()) {
    return {};
  }
  std::sort(after.begin(), after.end());
  return fmt::format(", noticed after {:.1f} s in the middle, {:.1f} s at most",
                     report::seconds_of(after[after.size() / 2]), report::seconds_of(after.back()));
}

void print_line(std::uint64_t seed, const SimOutcome& outcome, const report::Summary& summary, bool json) {
  if (json) {
    report::JsonWriter writer(report::JsonWriter::Layout::one_line);
    writer.begin_object().member("schema", 1).member("seed", seed).member("verdict", outcome.run.end.verdict);
    writer.member("completed", summary.migrations.completed).member("failed", summary.migrations.failed);
    writer.member("unknown", summary.migrations.unknown).member("qualified", summary.migrations.qualified);
    writer.member("crashes", summary.crashes.size()).key("noticed_after").begin_array();
    for (const Span after : outcome.noticed_after) {
      writer.value(report::seconds_of(after));
    }
    writer.end_array().key("violations").begin_array();
    for (const std::string& violation : outcome.violations) {
      writer.value(violation);
    }
    writer.end_array().end_object();
    fmt::print("{}\n", std::move(writer).finish());
    return;
  }
  fmt::print(
      "seed {:>6}  {:<15}  {:>6} completed  {:>4} failed  {:>4} unknown  {:>3} crashes  {} violations{}\n",
      seed, outcome.run.end.verdict, summary.migrations.completed, summary.migrations.failed,
      summary.migrations.unknown, summary.crashes.size(), outcome.violations.size(),
      noticed_text(outcome.noticed_after));
}

void print_violations(std::uint64_t seed, const std::vector<std::string>& violations) {
  for (const std::string& violation : violations) {
    fmt::print(stderr, "seed {}: {}\n", seed, violation);
  }
}

int simulate_one(const SimCommand& command, const RunInput& files, const std::string& journal) {
  const std::uint64_t seed = command.options.seed.value_or(1);
  RunSettings settings{journal, seed, command.options.quiet, !command.journal.empty()};
  settings.skip_preflight = command.options.skip_preflight;
  settings.move = single_move(command.options);
  const Result<SimOutcome> outcome = simulate(files, settings);
  if (!outcome) {
    return complain(outcome.error());
  }
  const int exit = finish_run(outcome->run, journal, command.options.json);
  print_violations(seed, outcome->violations);
  return outcome->violations.empty() ? exit : static_cast<int>(kExitFailed);
}

int simulate_many(const SimCommand& command, const RunInput& files, const ScratchFolder& scratch) {
  int exit = kExitPassed;
  for (std::uint32_t i = 0; i < command.runs; ++i) {
    const std::uint64_t seed = command.options.seed.value_or(1) + i;
    const std::string journal = scratch.file(i);
    RunSettings settings{journal, seed, true, false};
    settings.skip_preflight = command.options.skip_preflight;
    const Result<SimOutcome> outcome = simulate(files, settings);
    if (!outcome) {
      fmt::print(stderr, "seed {}: ", seed);
      return complain(outcome.error());
    }
    const Result<report::Summary> summary = read_summary(journal, outcome->run.run);
    if (!summary) {
      return complain(summary.error());
    }
    print_line(seed, *outcome, *summary, command.options.json);
    print_violations(seed, outcome->violations);
    exit = outcome->violations.empty() ? exit : static_cast<int>(kExitFailed);
    std::filesystem::remove(journal);
    if (outcome->run.end.verdict.empty()) {
      return kExitInterrupted;
    }
  }
  return exit;
}

int sim(const SimCommand& command) {
  int exit = kExitPassed;
  const std::optional<RunInput> files = load_checked(command.options, exit);
  if (!files) {
    return exit;
  }
  const ScratchFolder scratch;
  if (command.runs > 1) {
    return simulate_many(command, *files, scratch);
  }
  return simulate_one(command, *files, command.journal.empty() ? scratch.file(0) : command.journal);
}

} // namespace

void add_sim(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("sim", "Run a scenario in virtual time against the simulated cluster");
  auto options = std::make_shared<SimCommand>();
  add_run_options(*command, options->options);
  add_preflight_option(*command, options->options.skip_preflight);
  add_move_option(*command, options->options);
  command->add_option("--runs", options->runs, "That many runs with consecutive seeds, a line each")
      ->type_name("K")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  command
      ->add_option("--journal", options->journal,
                   "Keep the journal of a single run here, and the cluster's ledger beside it")
      ->type_name("FILE");
  command->footer(
      "The seed is 1 unless --seed says otherwise; the same seed gives the same journal, byte for byte.\n"
      "The journal is held against the cluster's own ledger; a disagreement is exit code 1.");
  command->callback([options, &action] { action = [options] { return sim(*options); }; });
}

} // namespace migstorm
