// What is believed of one guest: signals of several kinds, in any order and some of them late, are fused into
// cases. A case is one thing that happened to the guest; it is counted as a crash at most once.
#pragma once

#include "harness/watch/heartbeat.hpp"

#include <migstorm/crash.hpp>

#include <vector>

namespace migstorm::watch {

enum class CaseLog : std::uint8_t {
  none,     // the guest cannot be asked
  wanted,   // its own log may still tell more
  answered, // it did
  empty,    // asked often enough, and it knows of no bugcheck
  silent,   // it could not be asked, often enough
};

struct Case {
  Crash crash;              // number 0 until it is counted
  bool reset_seen = false;  // the guest began a new life
  bool decisive = false;    // a signal that only a crash gives
  bool stop_screen = false; // its console shows one
  bool exact = false;       // the window comes from an event with a time of its own
  bool excused = false;     // something else explains the reset: a host that went away, a guest switched off
  bool host_reset = false;  // ... or its host reset it, as the cluster's heartbeat monitoring asks for
  Instant opened{};
  Instant back = Instant::max(); // when the guest was well again; max: the case is open
  Instant reset{};               // when the new life began, as far as known
  CaseLog log = CaseLog::none;
  std::uint32_t questions = 0;
  Instant next_question{};

  bool open() const noexcept { return back == Instant::max(); }
};

class CaseBook {
public:
  // The case a signal belongs to: the open one, a past one whose window it touches, or a new one. Pointers
  // hold until the next call.
  Case& file(const Signal& signal, bool log_applicable);
  Case* open_case() noexcept;
  const Case* open_case() const noexcept;
  Case* newest() noexcept { return cases_.empty() ? nullptr : &cases_.back(); }
  void remember(const Crash& crash); // of the run before a resume

private:
  Case* matching(const Signal& signal);

  std::vector<Case> cases_; // the newest few, in order
};

} // namespace migstorm::watch
