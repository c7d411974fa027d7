// Guests of others: a run must not harm them, and stops moving its own when one of them falls.
#pragma once

#include "harness/campaign/breaker.hpp"

#include <migstorm/hyperv.hpp>

#include <unordered_map>

namespace migstorm::campaign {

class Bystanders {
public:
  // One row of a host's summary about a guest that is not in the plan. Stopping, and falling silent, are
  // trouble while they last, but not for ever: what an owner did on purpose stays done.
  void observe(const hyperv::HostName& host, const hyperv::GuestSummary& row, Instant now, Breaker& breaker);

private:
  struct Seen {
    hyperv::EnabledState state = hyperv::EnabledState::unknown;
    bool beating = false;
    hyperv::HostName host;
    Instant arrived{}; // on that host
  };
  std::unordered_map<hyperv::GuestId, Seen> seen_; // look-ups only
};

} // namespace migstorm::campaign
