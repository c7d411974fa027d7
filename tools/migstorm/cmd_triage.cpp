#include "analyzers/triage/store_images.hpp"
#include "harness/report/dump_json.hpp"
#include "harness/report/dump_text.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/dump_batch.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/interrupts.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/symbols.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace migstorm {

namespace {

struct TriageArguments {
  std::vector<std::string> paths;
  SymbolArguments symbols;
  std::vector<std::string> known_issues;
  bool json = false;
  bool stack = false;
  bool modules = false;
  bool explain = false;
};

// Rows of the operator's own come first; those that are built in follow.
Result<std::vector<triage::KnownIssue>> read_known_issues(const std::vector<std::string>& files) {
  std::vector<triage::KnownIssue> all;
  for (const std::string& file : files) {
    const Result<std::string> text = read_text_file(file);
    if (!text) {
      return text.error();
    }
    Result<std::vector<triage::KnownIssue>> rows = triage::parse_known_issues(*text);
    if (!rows) {
      return std::move(rows).error().within(file);
    }
    std::move(rows->begin(), rows->end(), std::back_inserter(all));
  }
  const auto& built_in = triage::built_in_known_issues();
  all.insert(all.end(), built_in.begin(), built_in.end());
  return all;
}

class Teller {
public:
  Teller(const TriageArguments& arguments, std::size_t files)
      : arguments_(arguments), files_(files), progress_(files > 1 && isatty(STDERR_FILENO) != 0) {}

  void tell(const TriagedDump& dump) {
    ++told_;
    if (!dump.result) {
      unreadable_ = true;
    } else if (!dump.result->named()) {
      partly_ = true;
    }
    if (arguments_.json) {
      tell_json(dump);
    } else if (files_ > 1) {
      lines_.push_back(dump.result ? report::line_of_dump(*dump.result)
                                   : report::DumpLine{dump.file, {}, {}, dump.result.error().detail});
    } else {
      tell_text(dump);
    }
    if (progress_) {
      fmt::print(stderr, "\r\x1b[K{} of {} dumps", told_, files_);
    }
  }

  int finish(bool all) {
    if (progress_) {
      fmt::print(stderr, "\r\x1b[K");
    }
    if (!lines_.empty()) {
      fmt::print("{}", report::dump_table(lines_));
    }
    if (!all) {
      spdlog::warn("interrupted: {} of {} dumps were triaged", told_, files_);
      return kExitInterrupted;
    }
    return unreadable_ ? kExitEnvironment : partly_ ? kExitInconclusive : kExitPassed;
  }

private:
  void tell_json(const TriagedDump& dump) const {
    report::DumpJsonOptions options;
    options.explain = arguments_.explain;
    fmt::print("{}\n", dump.result ? report::dump_json(*dump.result, options)
                                   : report::dump_error_json(dump.file, dump.result.error()));
  }

  void tell_text(const TriagedDump& dump) const {
    if (!dump.result) {
      complain(Error(dump.result.error()).within(dump.file));
      return;
    }
    const triage::TriageResult& result = *dump.result;
    if (!arguments_.stack && !arguments_.modules) {
      fmt::print("{}", report::dump_text(result));
    }
    if (arguments_.stack) {
      fmt::print("{}", report::dump_stack_text(result));
    }
    if (arguments_.modules) {
      fmt::print("{}", report::dump_modules_text(result));
    }
    if (arguments_.explain) {
      fmt::print("{}", report::dump_explain_text(result));
    }
  }

  const TriageArguments& arguments_;
  std::size_t files_;
  bool progress_;
  std::size_t told_ = 0;
  bool unreadable_ = false;
  bool partly_ = false;
  std::vector<report::DumpLine> lines_;
};

int triage_files(const TriageArguments& arguments) {
  const auto issues = read_known_issues(arguments.known_issues);
  Result<std::unique_ptr<Symbols>> symbols = open_symbols(arguments.symbols);
  if (!issues || !symbols) {
    complain(issues ? symbols.error() : issues.error());
    return kExitUsage;
  }
  const Result<std::vector<std::string>> files = find_dumps(arguments.paths);
  if (!files) {
    return complain(files.error());
  }
  triage::StoreImages images((*symbols)->store());
  triage::TriageOptions options;
  options.known_issues = &*issues;
  options.all_timestamps = arguments.json || arguments.modules;
  Teller teller(arguments, files->size());
  const SignalWatch signals;
  const bool all = triage_dumps(
      *files, images, options, [&](const TriagedDump& dump) { teller.tell(dump); },
      [&] { return !signals.seen(); });
  return teller.finish(all);
}

void describe(CLI::App& command) {
  command.footer(
      "A folder stands for the *.dmp below it. Packed dumps (.gz, .zst, .zip) are read as they are.\n"
      "Of several dumps a table is shown, grouped by signature; --json gives one line for each.\n"
      "Symbols are looked for along --symbols, then _NT_SYMBOL_PATH (docs/triage.md).\n"
      "Exit codes: 0 every file was named; 4 some only in part; 3 some could not be read; 2 usage.");
}

} // namespace

void add_triage(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("triage", "Name the crash in kernel dumps");
  auto arguments = std::make_shared<TriageArguments>();
  command->add_option("dumps", arguments->paths, "Dumps, or folders of them")->required()->type_name("DUMP");
  add_symbol_options(*command, arguments->symbols);
  command
      ->add_option("--known-issues", arguments->known_issues, "More known issues, as YAML; may be repeated")
      ->type_name("FILE");
  command->add_flag("--json", arguments->json, "One line of JSON for each dump");
  command->add_flag("--stack", arguments->stack, "The stack alone");
  command->add_flag("--modules", arguments->modules, "The modules alone, or behind the stack");
  command->add_flag("--explain", arguments->explain, "Which rules decided, too");
  describe(*command);
  command->callback([arguments, &action] { action = [arguments] { return triage_files(*arguments); }; });
}

} // namespace migstorm
