// Faults by seed. A fault that the configuration arms is first drawn per run (active with one in four, always
// when `certain`), then fires with a probability of its own: rare per run, frequent within one.
#pragma once

#include "tools/lab/engine/config.hpp"
#include "tools/lab/lab.hpp"

#include <migstorm/random.hpp>

#include <array>

namespace migstorm::lab {

// How often something that the lab file arms is active in a run.
inline constexpr double kActivePerRun = 0.25;

class Faults {
public:
  Faults(const SimulatedConfig& config, std::uint64_t seed);

  bool active(Fault fault) const noexcept { return probability_[static_cast<std::size_t>(fault)] > 0; }
  // Draws only where the fault is active.
  bool fires(Fault fault) noexcept { return fires(fault, random_); }
  Random& random() noexcept { return random_; }

  // Faults of the wire have a generator of their own: they decide nothing in the cluster, so a ledger does
  // not hold them. `session` counts the processes that served this cluster.
  void start_session(std::uint64_t session) noexcept;
  WireFault next_on_wire(bool is_invoke) noexcept;

private:
  bool fires(Fault fault, Random& random) noexcept {
    return active(fault) && random.chance(probability_[static_cast<std::size_t>(fault)]);
  }

  std::array<double, kFaults> probability_{}; // 0: not active in this run
  std::uint64_t seed_;
  Random random_;
  Random wire_;
};

} // namespace migstorm::lab
