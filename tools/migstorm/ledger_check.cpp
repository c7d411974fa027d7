#include "tools/migstorm/ledger_check.hpp"

#include "harness/scenario/glob.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace migstorm {

namespace {

using MovesByGuest = std::map<std::string, std::vector<const lab::LedgerMove*>, std::less<>>;

MovesByGuest landed_by_guest(const std::vector<lab::LedgerMove>& moves) {
  MovesByGuest landed;
  for (const lab::LedgerMove& move : moves) {
    if (move.landed && !move.foreign) {
      landed[move.guest].push_back(&move);
    }
  }
  return landed;
}

// The landed moves that were asked for between a step's intention and its outcome.
std::vector<const lab::LedgerMove*> moves_of(const StepRecord& step, const MovesByGuest& landed) {
  std::vector<const lab::LedgerMove*> found;
  const auto guest = landed.find(step.intent->move.guest);
  if (guest == landed.end()) {
    return found;
  }
  for (const lab::LedgerMove* move : guest->second) {
    if (move->asked >= step.intent->at && move->asked <= step.outcome->at &&
        equal_without_case(move->to, step.intent->move.to)) {
      found.push_back(move);
    }
  }
  return found;
}

class Comparison {
public:
  Comparison(const LoadedRun& run, const std::vector<lab::LedgerMove>& moves)
      : run_(run), landed_(landed_by_guest(moves)) {}

  std::vector<std::string> run() {
    for (const StepRecord& step : run_.steps) {
      check_state(step);
      if (step.intent && step.outcome) {
        check_moves(step);
      }
    }
    check_unclaimed();
    return std::move(sentences_);
  }

private:
  void say(const StepRecord& step, const std::string& what) {
    sentences_.push_back(fmt::format("step {} ({}): {}", step.step.index, to_string(step.state), what));
  }

  void check_state(const StepRecord& step) {
    const bool final = step.state == StepState::completed || step.state == StepState::failed ||
                       step.state == StepState::unknown || step.state == StepState::skipped;
    if (final != step.outcome.has_value()) {
      say(step, step.outcome ? "has an outcome" : "has no outcome");
    }
    if (run_.end && !run_.end->resumable && step.state == StepState::intended) {
      say(step, "was left open by a run that has ended");
    }
  }

  void check_moves(const StepRecord& step) {
    const auto moves = moves_of(step, landed_);
    if (step.state == StepState::completed && moves.size() != 1) {
      say(step, fmt::format("the cluster recorded {} landed moves of it", moves.size()));
    }
    if (step.state == StepState::failed && !moves.empty()) {
      say(step, "the cluster recorded that it landed");
    }
    for (const lab::LedgerMove* move : moves) {
      if (!claimed_.insert(move->number).second) {
        say(step, fmt::format("the cluster's move {} was counted before", move->number));
      }
    }
    if (step.state != StepState::skipped) { // those that were not made are skipped when guests are home again
      last_outcome_ = std::max(last_outcome_, step.outcome->at);
    }
  }

  // Moves after the last outcome bring guests home.
  void check_unclaimed() {
    const bool open = std::any_of(run_.steps.begin(), run_.steps.end(),
                                  [](const StepRecord& s) { return s.state == StepState::intended; });
    for (const auto& [guest, moves] : landed_) {
      for (const lab::LedgerMove* move : moves) {
        if (claimed_.count(move->number) == 0 && move->asked <= last_outcome_ && !open) {
          sentences_.push_back(fmt::format("the cluster's move {} of {} from {} to {} is in no step",
                                           move->number, guest, move->from, move->to));
        }
      }
    }
  }

  const LoadedRun& run_;
  MovesByGuest landed_;
  std::set<std::uint64_t> claimed_;
  Instant last_outcome_{};
  std::vector<std::string> sentences_;
};

} // namespace

std::vector<std::string> compare_with_ledger(const LoadedRun& run,
                                             const std::vector<lab::LedgerMove>& moves) {
  return Comparison(run, moves).run();
}

} // namespace migstorm
