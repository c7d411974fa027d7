#include "harness/gather/evidence.hpp"
#include "harness/gather/retention.hpp"
#include "harness/journal/archive.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/evidence.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

namespace migstorm {

namespace {

struct EvidenceOptions {
  std::string run;
  std::optional<std::uint32_t> crash;
  std::string journal;
  bool pack = false;
  bool verify = false;
  bool pin = false;
  bool unpin = false;
};

int verify(const std::string& folder) {
  const Result<std::vector<std::string>> differences = verify_evidence(folder);
  if (!differences) {
    return complain(differences.error());
  }
  for (const std::string& one : *differences) {
    fmt::print("  {}\n", report::printable(one));
  }
  fmt::print("{}: {}\n", folder, differences->empty() ? "every file is what it was" : "not what it was");
  return differences->empty() ? kExitPassed : kExitEnvironment;
}

int list(const std::string& folder) {
  const Result<std::vector<gather::EvidenceFile>> files = gather::list_evidence(folder);
  if (!files) {
    return complain(files.error());
  }
  fmt::print("{}\n", folder);
  for (const gather::EvidenceFile& file : *files) {
    fmt::print("  {:>15}  {}  {}\n", report::grouped(file.size), file.sha256, report::printable(file.name));
  }
  return kExitPassed;
}

int pack(const std::string& folder) {
  const Result<std::string> packed = gather::pack_evidence(folder);
  if (!packed) {
    return complain(packed.error());
  }
  fmt::print("packed: {}\n", *packed);
  return kExitPassed;
}

int set_pin(const std::string& folder, bool pinned) {
  const Status done = pinned ? gather::pin(folder) : gather::unpin(folder);
  if (!done) {
    return complain(done.error());
  }
  fmt::print("{}: {}\n", folder, pinned ? "its dump stays, whatever collect: says" : "not pinned");
  return kExitPassed;
}

int one_crash(const EvidenceOptions& options, const LoadedRun& run, const LabFile& lab, const Crash& crash) {
  const std::string folder = evidence_folder(lab, options.journal, run.run.id, crash);
  if (options.verify) {
    return verify(folder);
  }
  if (options.pin || options.unpin) {
    return set_pin(folder, options.pin);
  }
  // A folder that has its manifest is evidence already, and stays what it is.
  if (!std::filesystem::exists(folder + "/" + gather::kManifest)) {
    if (const Status written = write_evidence(options.journal, run, lab, crash); !written) {
      return complain(written.error());
    }
  }
  const int listed = list(folder);
  return listed == kExitPassed && options.pack ? pack(folder) : listed;
}

int evidence(const EvidenceOptions& options) {
  const Result<LoadedRun> run = load_run(options.journal, options.run);
  if (!run) {
    return complain(run.error());
  }
  const Result<RunInput> files =
      restore_run(run->run.scenario_source, run->run.scenario_path, run->run.lab_source, run->run.lab_path);
  if (!files) {
    return complain(files.error());
  }
  int exit = kExitPassed;
  bool found = false;
  for (const Crash& crash : run->crashes) {
    if (!options.crash || crash.number == *options.crash) {
      found = true;
      exit = std::max(exit, one_crash(options, *run, files->lab.lab, crash));
    }
  }
  if (!found) {
    return complain(Error{Errc::not_found, options.crash
                                               ? fmt::format("no crash {} in this run", *options.crash)
                                               : "no guest crashed in this run"});
  }
  return exit;
}

} // namespace

void add_evidence(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("evidence", "List, pack and verify what is kept of a run's crashes");
  auto options = std::make_shared<EvidenceOptions>();
  command->add_option("run", options->run, "The run's id, its beginning, or 'last'")
      ->required()
      ->type_name("RUN");
  command->add_option("crash", options->crash, "The crash's number; default: all")->type_name("CRASH");
  CLI::Option* packing = command->add_flag("--pack", options->pack, "Also make one .tar.zst of each folder");
  command->add_flag("--verify", options->verify, "Compare each folder with its manifest")->excludes(packing);
  CLI::Option* pinning = command->add_flag(
      "--pin", options->pin, "Keep the dump, though collect: of the scenario had it deleted for newer ones");
  command->add_flag("--unpin", options->unpin, "No longer")->excludes(pinning);
  add_journal_option(*command, options->journal);
  command->footer(
      "Exit codes: 0 done; 2 no such run or crash; 3 a file differs, or cannot be read or written.");
  command->callback([options, &action] { action = [options] { return evidence(*options); }; });
}

} // namespace migstorm
