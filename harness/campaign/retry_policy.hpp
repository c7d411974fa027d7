// What follows an error of the request that starts a move, by class of failure.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>

namespace migstorm::campaign {

enum class Reaction : std::uint8_t {
  follow,    // it may have been carried out: look, never ask again
  try_again, // certainly refused; the same step's next attempt, after `pause`
  give_up,   // the step failed
  end_run,   // no later request can fare better
};

struct Retry {
  Reaction reaction = Reaction::give_up;
  Span pause{};
};

// `attempt` counts from 1: the one that failed.
Retry retry_after(Errc code, std::uint32_t attempt) noexcept;
// After a move whose acceptance was in doubt turned out not to have been accepted.
Retry retry_unaccepted(std::uint32_t attempt) noexcept;

} // namespace migstorm::campaign
