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

// The same by what the guest's own operating system tells. Its clock may be set, which looks like a shorter
// life: only one that began after the last reading is a new one.
class BootTracker {
public:
  std::optional<Window> observe(Span uptime, Instant asked, Instant answered);

private:
  UptimeTracker uptime_;
  Instant asked_{};
};

} // namespace migstorm::watch
