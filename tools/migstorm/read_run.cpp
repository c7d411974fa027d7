#include "tools/migstorm/read_run.hpp"

#include "harness/campaign/self_test.hpp"
#include "harness/journal/archive.hpp"
#include "harness/journal/history.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/evidence.hpp"
#include "tools/migstorm/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

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

constexpr std::size_t kNotesMax = 10'000;

// A load that was not seen again stands still until the newest thing that is known.
void tell_stopped_loads(report::Summary& summary, const std::string& journal, const LoadedRun& run) {
  const Result<std::vector<HistoryLine>> stops =
      load_notes(journal, run.run.id, std::string(to_string(SignalKind::load_stopped)), kNotesMax);
  const Result<std::vector<HistoryLine>> returns =
      load_notes(journal, run.run.id, std::string(to_string(SignalKind::load_back)), kNotesMax);
  if (!stops || !returns) {
    return;
  }
  std::map<std::string, report::StoppedLoad> by_guest;
  for (const HistoryLine& stop : *stops) {
    const auto back = std::find_if(returns->begin(), returns->end(), [&](const HistoryLine& each) {
      return each.subject == stop.subject && each.at >= stop.at;
    });
    const Instant until = back != returns->end() ? back->at : run.end ? run.end->at : run.last;
    report::StoppedLoad& load = by_guest[stop.subject];
    load.guest = stop.subject;
    ++load.times;
    load.still += until - stop.at;
  }
  for (auto& [guest, load] : by_guest) {
    summary.stopped_loads.push_back(std::move(load));
  }
}

// What is said of each link in the end counts.
void tell_self_test(report::Summary& summary, const std::string& journal, const LoadedRun& run) {
  static constexpr std::array<std::pair<const char*, const char*>, 3> kProofs{
      {{campaign::kSelfTestProven, "provoked"},
       {campaign::kSelfTestPassive, "passive"},
       {campaign::kSelfTestFailed, "none"}}};
  std::map<std::string, report::SelfTestLine> newest;
  for (const auto& [kind, proof] : kProofs) {
    const Result<std::vector<HistoryLine>> notes = load_notes(journal, run.run.id, kind, kNotesMax);
    for (std::size_t i = 0; notes && i < notes->size(); ++i) {
      const HistoryLine& note = (*notes)[i];
      const CivilTime time = run.run.epoch + note.at;
      report::SelfTestLine& line = newest[note.subject];
      if (line.link.empty() || line.time <= time) {
        line = {note.subject, proof, time, note.detail};
      }
    }
  }
  for (auto& [link, line] : newest) {
    summary.self_test.push_back(std::move(line));
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
  tell_self_test(summary, journal, *loaded);
  tell_stopped_loads(summary, journal, *loaded);
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
