#include "tools/migstorm/evidence.hpp"

#include "analyzers/triage/store_images.hpp"
#include "analyzers/triage/triage.hpp"
#include "harness/campaign/picture_keeper.hpp"
#include "harness/gather/dump_gatherer.hpp"
#include "harness/gather/evidence.hpp"
#include "harness/gather/kept_dump.hpp"
#include "harness/journal/history.hpp"
#include "harness/report/dump_json.hpp"
#include "harness/report/json.hpp"
#include "harness/report/words.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "harness/scenario/yaml.hpp"
#include "tools/migstorm/symbols.hpp"
#include "tools/migstorm/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace migstorm {
namespace {

using report::JsonWriter;

constexpr Span kBefore = std::chrono::minutes(15); // of the crash
constexpr Span kAfter = std::chrono::minutes(30);
constexpr std::size_t kLinesMax = 20'000;
constexpr std::size_t kNotesMax = 10'000; // of one kind

std::string growth_words(const std::optional<std::uint64_t>& grown) {
  return grown ? fmt::format(", its disks grew by {} bytes", *grown) : std::string();
}

void add_moves(const LoadedRun& run, Instant from, Instant until, std::vector<HistoryLine>& lines) {
  const auto within = [from, until](Instant at) { return at >= from && at <= until; };
  for (const StepRecord& step : run.steps) {
    const std::string guest =
        step.step.guest < run.guests.size() ? run.guests[step.step.guest].name : std::string();
    if (step.intent && within(step.intent->at)) {
      lines.push_back({step.intent->at, "move-asked", guest,
                       fmt::format("step {}, from {} to {}", step.step.index, step.intent->move.from,
                                   step.intent->move.to)});
    }
    if (step.outcome && within(step.outcome->at)) {
      lines.push_back({step.outcome->at, fmt::format("move-{}", to_string(step.outcome->state)), guest,
                       fmt::format("step {}, on {}{}{}{}", step.step.index, step.outcome->ended_on,
                                   growth_words(step.outcome->grown), step.outcome->error.empty() ? "" : ": ",
                                   step.outcome->error)});
    }
  }
}

// Moves, signals and notes on one axis: the run's own clock, and the same in civil time.
Result<std::string> timeline(const std::string& journal, const LoadedRun& run, const Crash& crash) {
  const Instant from = crash.earliest - kBefore;
  const Instant until = crash.latest + kAfter;
  Result<std::vector<HistoryLine>> lines = load_history(journal, run.run.id, from, until, kLinesMax);
  if (!lines) {
    return std::move(lines).error();
  }
  add_moves(run, from, until, *lines);
  lines->push_back({crash.earliest, "crash-earliest", crash.guest_name, "it happened not before"});
  lines->push_back({crash.latest, "crash-latest", crash.guest_name, "and not after"});
  std::stable_sort(lines->begin(), lines->end(),
                   [](const HistoryLine& a, const HistoryLine& b) { return a.at < b.at; });
  JsonWriter json;
  json.begin_object().member("schema", 1).member("run", run.run.id).member("crash", crash.number);
  json.key("events").begin_array();
  for (const HistoryLine& line : *lines) {
    json.begin_object().member("time", report::rfc3339(run.run.epoch + line.at));
    json.member("seconds", report::seconds_of(line.at))
        .member("kind", line.kind)
        .member("subject", line.subject);
    json.member("detail", line.detail).end_object();
  }
  json.end_array().end_object();
  return std::move(json).finish();
}

std::string steps(const LoadedRun& run) {
  JsonWriter json;
  json.begin_object().member("schema", 1).member("run", run.run.id).member("seed", run.run.seed);
  json.key("steps").begin_array();
  for (const StepRecord& step : run.steps) {
    json.begin_object().member("step", step.step.index);
    json.member("guest",
                step.step.guest < run.guests.size() ? run.guests[step.step.guest].name : std::string());
    json.member("from", step.step.from).member("to", step.step.to);
    json.member("dwell", report::seconds_of(step.step.dwell))
        .member("state", to_string(step.state))
        .end_object();
  }
  json.end_array().end_object();
  return std::move(json).finish();
}

// The built-in cluster's symbols lie where its run left them.
std::string symbol_path(const LabFile& lab, const std::string& journal, const std::string& run) {
  std::error_code error;
  std::string own = dumps_path(journal, run) + "/symbols";
  return lab.gather.symbols.empty() && std::filesystem::exists(own, error) ? own : lab.gather.symbols;
}

Result<std::string> triage_of(const std::string& symbol_paths, const std::string& dump) {
  SymbolArguments arguments;
  if (!symbol_paths.empty()) {
    arguments.paths.push_back(symbol_paths);
  }
  const Result<std::unique_ptr<Symbols>> symbols = open_symbols(arguments);
  if (!symbols) {
    return symbols.error();
  }
  triage::StoreImages images((*symbols)->store());
  const Result<std::unique_ptr<kdump::ByteSource>> source = kdump::open_dump_file(dump);
  if (!source) {
    return report::dump_error_json(dump, source.error());
  }
  triage::TriageOptions options;
  options.file = std::filesystem::path(dump).filename().string();
  const Result<triage::TriageResult> result = triage::triage(**source, images, options);
  return result ? report::dump_json(*result) : report::dump_error_json(options.file, result.error());
}

std::string source_of(const std::string& name, const Crash& crash) {
  if (name.starts_with("MEMORY.DMP")) {
    return "guest " + crash.guest_name;
  }
  if (name == kPictureName) {
    return "console of guest " + crash.guest_name;
  }
  return name == "triage.json" ? "MEMORY.DMP.zst" : "journal";
}

// As a POSIX shell takes it: guests are called what their owners like.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,=";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) {
    return text;
  }
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return word + "'";
}

// What brings the guest there and moves it once more, said in the folder of the crash. Empty: no migration is
// known to which the crash belongs.
std::string rerun(const LoadedRun& run, const Crash& crash) {
  if (!crash.step || *crash.step >= run.steps.size() || !run.steps[*crash.step].intent) {
    return {};
  }
  const hyperv::Move& move = run.steps[*crash.step].intent->move;
  // Of the built-in cluster there is no file.
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(run.run.lab_path, error);
  const std::string lab =
      std::filesystem::exists(path, error) ? " --lab " + shell_word(path.string()) : std::string();
  return fmt::format("migstorm run scenario.yaml{} --seed {} --move {} {} {}", lab, run.run.seed,
                     shell_word(crash.guest_name), shell_word(move.from), shell_word(move.to));
}

Status write_notes(JsonWriter& json, const std::string& journal, const LoadedRun& run,
                   const std::string& kind, const std::string& key, const std::string& value) {
  const Result<std::vector<HistoryLine>> lines = load_notes(journal, run.run.id, kind, kNotesMax);
  if (!lines) {
    return lines.error();
  }
  json.key(key).begin_array();
  for (const HistoryLine& line : *lines) {
    json.begin_object().member("time", report::rfc3339(run.run.epoch + line.at));
    json.member("machine", line.subject).member(value, line.detail).end_object();
  }
  json.end_array();
  return Unit{};
}

Result<std::string> manifest(const std::string& journal, const LoadedRun& run, const Crash& crash,
                             const std::vector<gather::EvidenceFile>& files) {
  JsonWriter json;
  json.begin_object().member("schema", 1).member("run", run.run.id).member("crash", crash.number);
  json.member("guest", crash.guest_name).key("signature").text_or_null(crash.signature);
  json.member("scenario", run.run.scenario_name).member("seed", run.run.seed);
  json.member("versions", "migstorm " + run.run.version).key("rerun").text_or_null(rerun(run, crash));
  Status written = write_notes(json, journal, run, "software", "software", "installed");
  if (written) {
    written = write_notes(json, journal, run, "clock", "clocks", "offset");
  }
  if (!written) {
    return written.error();
  }
  json.key("files").begin_array();
  for (const gather::EvidenceFile& file : files) {
    json.begin_object().member("name", file.name).member("size", file.size).member("sha256", file.sha256);
    json.member("source", source_of(file.name, crash)).end_object();
  }
  json.end_array().end_object();
  return std::move(json).finish();
}

} // namespace

std::string evidence_path(const LabFile& lab, const std::string& journal, const std::string& run) {
  return lab.dumps.folder.empty() ? fmt::format("{}.{}.evidence", journal, run)
                                  : lab.dumps.folder + "/" + run;
}

std::string evidence_folder(const LabFile& lab, const std::string& journal, const std::string& run,
                            const Crash& crash) {
  return evidence_path(lab, journal, run) + "/" + gather::crash_folder(crash);
}

Status write_evidence(const std::string& journal, const LoadedRun& run, const LabFile& lab,
                      const Crash& crash) {
  const std::string folder = evidence_folder(lab, journal, run.run.id, crash);
  const std::string dump = gather::KeptDump(folder).path();
  std::vector<std::pair<std::string, Result<std::string>>> texts;
  texts.emplace_back("timeline.json", timeline(journal, run, crash));
  texts.emplace_back("steps.json", steps(run));
  texts.emplace_back("scenario.yaml", run.run.scenario_source);
  if (std::filesystem::exists(dump)) {
    texts.emplace_back("triage.json", triage_of(symbol_path(lab, journal, run.run.id), dump));
  }
  for (const auto& [name, text] : texts) {
    if (!text) {
      return Error(text.error()).within(name);
    }
    if (Status written = gather::write_evidence_file(folder, name, *text); !written) {
      return written;
    }
  }
  const Result<std::vector<gather::EvidenceFile>> files = gather::list_evidence(folder);
  if (!files) {
    return files.error();
  }
  const Result<std::string> text = manifest(journal, run, crash, *files);
  return text ? gather::write_evidence_file(folder, gather::kManifest, *text) : Status(text.error());
}

Result<std::vector<std::string>> verify_evidence(const std::string& folder) {
  const std::string path = folder + "/" + gather::kManifest;
  Result<std::string> text = read_text_file(path);
  if (!text) {
    return std::move(text).error();
  }
  const yaml::Reader reader(*std::move(text), path); // JSON is YAML, too
  std::vector<gather::EvidenceFile> promised;
  const yaml::Node root = reader.root();
  if (!root.is_map() || !root.key("files").defined()) {
    return Error{Errc::malformed, path + ": not a manifest"};
  }
  for (const yaml::Node& file : root.key("files").list()) {
    promised.push_back({file.require("name").text(), file.require("size").whole(0, INT64_MAX, 0),
                        file.require("sha256").text()});
  }
  if (!reader.diagnostics().empty()) {
    return Error{Errc::malformed, to_string(reader.diagnostics().front())};
  }
  return gather::check_evidence(folder, promised);
}

} // namespace migstorm
