// Starts the plan's steps, each as soon as it may start: in plan order, the steps of one guest one after the
// other.
#pragma once

#include "harness/campaign/mover.hpp"

#include <set>

namespace migstorm::campaign {

enum class Finish : std::uint8_t {
  exhausted, // every step has an outcome
  rule,      // a stop rule holds
  stalled,   // nothing could be started for a long time
  stopped,   // the operator asked for it
  unsafe,    // the breaker
  broken,
};

struct Dispatched {
  Finish finish = Finish::exhausted;
  std::string reason;
};

class Dispatcher {
public:
  Dispatcher(Core& core, Mover& mover) : core_(core), mover_(mover), scope_(core.runtime) {}

  // Steps that were under way when the journal was closed.
  void reattach(std::uint32_t guest, StepRecord record);
  // Returns when no more is to be started and all that was started has ended.
  Task<Dispatched> run();

private:
  std::optional<Dispatched> over() const;
  Instant start_what_may();
  bool may_move(const GuestState& guest, std::uint32_t index) const;
  std::optional<HostId> destination(std::uint32_t index) const;
  std::optional<HostId> destination(std::uint32_t index, bool apart) const;
  Task<Unit> attempt(std::uint32_t guest, HostId to);
  Task<Unit> reattached(std::uint32_t guest, StepRecord record);
  void requeue(std::uint32_t guest);
  void give_up_gone();

  Core& core_;
  Mover& mover_;
  Scope scope_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> waiting_; // next step and guest, of guests that rest
  std::size_t active_ = 0;                                    // started and not ended
  Instant last_activity_{};
};

} // namespace migstorm::campaign
