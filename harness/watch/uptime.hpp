// A guest's uptime never goes backwards, unless it was reset.
#pragma once

#include "harness/watch/heartbeat.hpp"

namespace migstorm::watch {

class UptimeTracker {
public:
  // Returns when the reset happened, if one did since the last reading. An uptime of 0 is a guest that is
  // off.
  std::optional<Window> observe(std::uint64_t uptime_ms, Instant asked, Instant answered);

private:
  std::uint64_t uptime_ms_ = 0;
  Instant asked_{};
  Span answer_time_{};
};

} // namespace migstorm::watch
