// The journal: what was intended before it was asked, what became of it afterwards. harness/journal
// implements it on SQLite; records queued in one turn of the loop are committed together.
#pragma once

#include <migstorm/crash.hpp>
#include <migstorm/hyperv.hpp>
#include <migstorm/result.hpp>
#include <migstorm/scenario.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

enum class StepState : std::uint8_t {
  planned,   // nothing was asked yet
  intended,  // the request may have left
  completed, // the guest is where it should be
  failed,    // the guest is still (or again) where it was
  unknown,   // both hosts were asked and it could not be told, or the operator abandoned it
  skipped,   // the run ended before its turn
};
std::string_view to_string(StepState state) noexcept;

struct RunRecord {
  std::string id; // short, unique, sortable: "20261124-164512-3f9a"
  std::string scenario_name;
  std::string scenario_path;
  std::string scenario_source;
  std::string lab_path;
  std::string lab_source;
  CampaignKind campaign = CampaignKind::soak;
  std::uint64_t seed = 0;
  CivilTime epoch{};
  std::string version;
};

struct Intent {
  std::uint32_t step = 0;
  std::uint32_t attempt = 1;
  hyperv::Move move;
  Instant at{};
};

struct Ticket {
  std::uint32_t step = 0;
  std::uint32_t attempt = 1;
  hyperv::MoveTicket ticket;
  Instant at{};
};

struct Outcome {
  std::uint32_t step = 0;
  std::uint32_t attempt = 1;
  StepState state = StepState::completed;
  hyperv::HostName ended_on; // empty: not known
  Instant at{};
  std::optional<std::uint64_t> grown; // bytes that the guest's disks grew by since its previous move
  bool qualified = false;
  std::string
      unqualified_reason; // "detectors", "growth", "growth-unknown", "not-moved"; empty when qualified
  std::string error;
};

// Retry of an attempt that was certainly refused: the step goes back to planned with the next attempt.
struct Refusal {
  std::uint32_t step = 0;
  std::uint32_t attempt = 1;
  Instant at{};
  std::string error;
};

struct DetectorAlive {
  DetectorKind kind{};
  bool applicable = false;
  Span alive{};
  Span total{};
};

// How far the logs of a host or guest were taken in.
struct MachineMarks {
  std::string machine; // as the lab file names it
  std::vector<hyperv::EventMark> marks;
};

struct RunEnd {
  std::string verdict; // REPRODUCED, ...; empty: interrupted, resumable
  std::string reason;
  Instant at{};
  hyperv::WireCounters wire;
  std::vector<DetectorAlive> detectors;
  Span longest_turn{};    // of the deciding loop, real time; zero in simulation
  bool resumable = false; // with a verdict: broken off by the breaker
};

// How something was found, and how it was left.
struct Condition {
  std::string subject; // "sql-03", "node2", "Volume1"
  std::string what;    // "host", "state", ...
  std::string at_start;
  std::optional<std::string> at_end; // absent until the run ends
  bool differs() const { return at_end && *at_end != at_start; }
};

// What a resumed run finds.
struct StepRecord {
  Step step;
  StepState state = StepState::planned;
  std::uint32_t attempts = 0;
  std::optional<Intent> intent; // of the newest attempt
  std::optional<Ticket> ticket;
  std::optional<Outcome> outcome;
};

struct LoadedRun {
  RunRecord run;
  std::vector<PlanGuest> guests;
  std::vector<StepRecord> steps;
  std::vector<Crash> crashes;
  std::optional<RunEnd> end;
  std::vector<Condition> conditions;
  std::vector<MachineMarks> marks;
  Instant last{}; // newest instant in the journal: a resumed run's clock starts there
};

// One line of a list of runs; cheap, unlike loading the run.
struct RunListing {
  RunRecord run; // without the two sources
  bool being_written = false;
  std::uint32_t planned = 0;
  std::uint32_t completed = 0;
  std::uint32_t failed = 0;
  std::uint32_t unknown = 0;
  std::uint32_t qualified = 0;
  std::uint32_t crashes = 0;
  std::optional<RunEnd> end; // without the detectors
};

class Journal {
public:
  virtual ~Journal() = default;

  // Queue a record. Nothing is durable before commit() returned.
  virtual void begin_run(RunRecord run, std::vector<PlanGuest> guests, std::vector<Step> steps) = 0;
  virtual void intend(Intent intent) = 0;
  virtual void ticket(Ticket ticket) = 0;
  virtual void outcome(Outcome outcome) = 0;
  virtual void refused(Refusal refusal) = 0;
  virtual void signal(Signal signal) = 0;
  virtual void crash(Crash crash) = 0; // again with the same number: replaces it
  // Anything worth a line later: host probed, host sick, stop requested, foreign move, limits. `kind` is
  // stable.
  virtual void note(Instant at, std::string kind, std::string subject, std::string detail) = 0;
  // Replaces what was listed before.
  virtual void conditions(std::vector<Condition> conditions) = 0;
  // In one transaction with what the events gave rise to, so that none is lost and none told twice.
  virtual void marks(MachineMarks marks) = 0;
  virtual void end_run(RunEnd end) = 0;

  // Makes everything queued so far durable, in one transaction with what others queued in the same turn.
  // storage: disk full or file locked; the journal then refuses every later commit.
  virtual Task<Status> commit() = 0;

  // For the stop command of another process; asked every few seconds. 0 none, 1 finish, 2 abandon.
  virtual Task<Result<int>> stop_requested() = 0;
};

} // namespace migstorm
