#include "tools/migstorm/read_run.hpp"

#include "harness/journal/archive.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/evidence.hpp"
#include "tools/migstorm/inputs.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace migstorm {

namespace {

// Folders are not in the journal: where they would be follows from it, and they count where they are.
void name_evidence(report::Summary& summary, const std::string& journal, const LoadedRun& run) {
  const Result<RunInput> files =
      restore_run(run.run.scenario_source, run.run.scenario_path, run.run.lab_source, run.run.lab_path);
  if (!files) {
    return; // files of an older version: the summary stands without
  }
  for (report::CrashLine& crash : summary.crashes) {
    std::string folder = evidence_folder(files->lab.lab, journal, run.run.id, crash.facts);
    if (std::error_code error; std::filesystem::exists(folder, error)) {
      crash.evidence = std::move(folder);
    }
  }
}

} // namespace

Result<report::Summary> read_summary(const std::string& journal, std::string_view run) {
  Result<LoadedRun> loaded = load_run(journal, run);
  if (!loaded) {
    return std::move(loaded).error();
  }
  report::Summary summary = report::summarise(*loaded, is_being_written(journal, loaded->run.id));
  name_evidence(summary, journal, *loaded);
  return summary;
}

int complain(const Error& error) {
  constexpr std::size_t kBytesMax = 2000;
  fmt::print(stderr, "migstorm: {}\n", report::printable(error.detail, kBytesMax));
  const bool usage =
      error.code == Errc::not_found || error.code == Errc::malformed || error.code == Errc::over_limit;
  return usage ? kExitUsage : kExitEnvironment;
}

} // namespace migstorm
