// One campaign from survey to end, the same in both worlds: over real sockets and in simulation.
#pragma once

#include "harness/campaign/dump_reader.hpp"
#include "harness/campaign/picture_keeper.hpp"
#include "harness/scenario/plan.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/progress_view.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/journal.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/scope.hpp>

#include <functional>
#include <optional>
#include <string>

namespace migstorm {

struct DriveInput {
  RunInput files;
  std::string run_id;
  std::uint64_t seed = 1;
  std::optional<LoadedRun> resumed;
  DumpReader* dumps = nullptr; // null: crashes are named by their bugcheck alone
  PictureKeeper* pictures = nullptr;
  bool honour_windows = true;
  bool break_lease = false;
  std::optional<SingleMove> move; // instead of the scenario's plan
  bool skip_preflight = false;    // resumed runs have it behind them
  // Whether these may be moved; asked before the first move of a new run. May be empty.
  std::function<Status(const std::vector<PlanGuest>&)> accept;
  std::function<void()> each_turn; // may be empty
};

// Turns the runtime until the campaign has ended.
Result<RunEnd> drive(Runtime& runtime, hyperv::Cluster& cluster, Journal& journal, Stop& stop,
                     DriveInput input, ProgressView& view);

} // namespace migstorm
