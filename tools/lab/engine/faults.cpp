#include "tools/lab/engine/faults.hpp"

namespace migstorm::lab {
namespace {

// Per request for those of the wire, per move, or per ten minutes for hosts that go down.
constexpr std::array<double, kFaults> kUsual = {0.005, 0.005, 0.02, 0.005, 0.02, 0.003,
                                                0.01,  0.03,  0.25, 0.10,  0.25, 0.005};

} // namespace

Faults::Faults(const SimulatedConfig& config, std::uint64_t seed)
    : seed_(seed), random_(seed, "lab.faults"), wire_(seed, "lab.wire") {
  Random draw(seed, "lab.faults.active");
  for (std::size_t i = 0; i < kFaults; ++i) {
    const FaultConfig& fault = config.faults[i];
    const bool drawn = draw.chance(kActivePerRun); // always drawn: arming one does not change the others
    if (fault.armed && (drawn || fault.certain)) {
      probability_[i] = fault.probability > 0 ? fault.probability : kUsual[i];
    }
  }
}

void Faults::start_session(std::uint64_t session) noexcept { wire_ = Random(seed_ + session, "lab.wire"); }

WireFault Faults::next_on_wire(bool is_invoke) noexcept {
  if (fires(Fault::refused_connection, wire_)) {
    return WireFault::refuse;
  }
  if (fires(Fault::reset_connection, wire_)) {
    return WireFault::reset_before;
  }
  if (fires(Fault::lost_reply, wire_)) {
    return WireFault::lose_reply;
  }
  if (!is_invoke && fires(Fault::context_lost, wire_)) {
    return WireFault::context_lost;
  }
  return WireFault::none;
}

} // namespace migstorm::lab
