// What a run found: one model, computed from the journal, from which every format is written.
#pragma once

#include "analyzers/stats/interval.hpp"

#include <migstorm/journal.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::report {

enum class RunState : std::uint8_t { running, interrupted, ended };
std::string_view to_string(RunState state) noexcept;
RunState run_state(const std::optional<RunEnd>& end, bool being_written) noexcept;

struct MigrationCounts {
  std::uint64_t planned = 0;
  std::uint64_t attempted = 0; // asked of a host at least once
  std::uint64_t in_flight = 0; // asked, and no outcome yet
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;
  std::uint64_t qualified = 0;                      // counts as exposure
  std::map<std::string, std::uint64_t> unqualified; // reason -> migrations with an outcome that do not
};

struct CrashLine {
  Crash facts;
  CivilTime time{}; // at the latest then
  CivilTime earliest{};
  CivilTime noticed{};
  std::string evidence = {}; // folder on this machine; empty: none is known
};

struct SignatureLine {
  std::string signature; // empty: the crashes without one
  std::uint64_t count = 0;
  // Per 1,000 qualified migrations. Absent where fewer migrations qualified than crashed.
  std::optional<double> per_1000;
  std::optional<stats::Interval> interval95;
};

struct DetectorLine {
  DetectorKind kind{};
  std::optional<double> alive_fraction; // absent: not applicable here, or it never had to watch
};

// What the newest self-test made of one link of the chain from a crash to its name.
struct SelfTestLine {
  std::string link;  // a detector, "verdict", "dump", "dump-fetched"
  std::string proof; // "provoked": a canary's crash showed it; "passive": its sources answered; "none"
  CivilTime time{};
  std::string detail;
};

// A guest whose heart beat while its disks grew no more.
struct StoppedLoad {
  std::string guest;
  std::uint64_t times = 0;
  Span still{}; // in all, from when it was noticed
};

struct Summary {
  std::string run;
  std::string scenario;
  CampaignKind campaign = CampaignKind::soak;
  std::uint64_t seed = 0;
  std::string version;
  RunState state = RunState::running;
  CivilTime started{};
  CivilTime newest{};  // the newest thing known; the end, where there was one
  std::string verdict; // empty: none yet
  std::string reason;
  MigrationCounts migrations;
  std::optional<std::uint64_t> disk_growth; // bytes, of all guests' disks; absent: not measured
  std::vector<CrashLine> crashes;
  std::vector<SignatureLine> signatures; // the most frequent first
  std::vector<DetectorLine> detectors;
  std::vector<SelfTestLine> self_test;    // from the run's notes, so summarise() leaves it empty
  std::vector<StoppedLoad> stopped_loads; // likewise
  std::optional<hyperv::WireCounters> wire;
  std::size_t compared = 0; // conditions that were looked at again in the end; 0: not yet
  std::vector<Condition> differences;
  Span longest_turn{};
};

// `being_written`: a living process writes the run right now.
Summary summarise(const LoadedRun& run, bool being_written = false);

std::string to_json(const Summary& summary); // ends with a line feed
std::string to_text(const Summary& summary); // for an operator, safe on a terminal

} // namespace migstorm::report
