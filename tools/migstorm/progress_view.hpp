// Shows how a run gets on: one line that is rewritten on a terminal, one line a minute in a log otherwise.
#pragma once

#include "harness/campaign/progress.hpp"

#include <chrono>
#include <string>

namespace migstorm {

// "412/12,000 migrations  8 in flight  1,490/s  0 failed  2 crashes  7 s left". `per_second` is in real time.
std::string progress_line(const Progress& progress, double per_second);

class ProgressView {
public:
  explicit ProgressView(bool quiet); // quiet: nothing is shown

  // Cheap: looks at the real clock and returns, most of the time.
  void update(const Progress& progress);
  // Before anything else is printed.
  void finish(const Progress& progress);

private:
  using Clock = std::chrono::steady_clock;
  void show(const Progress& progress, Clock::time_point now);

  bool quiet_;
  bool terminal_;
  Clock::duration period_;
  Clock::time_point shown_;
  std::uint64_t settled_then_ = 0;
  bool started_ = false;
  unsigned calls_ = 0;
};

} // namespace migstorm
