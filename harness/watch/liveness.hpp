// How much of the time a detector could have seen a crash. A source (a host, a guest's log) that has not
// answered for more than three of its periods is not watching.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstddef>
#include <vector>

namespace migstorm::watch {

class Liveness {
public:
  Liveness() = default;
  Liveness(std::size_t sources, Span period, Instant start);

  void answered(std::size_t source, Instant at) noexcept;
  // Did the source watch without a gap since `since`?
  bool alive_since(std::size_t source, Instant since, Instant now) const noexcept;

  Span alive(std::size_t source, Instant now) const noexcept;
  Span total(Instant now) const noexcept { return now - start_; }

private:
  struct Source {
    Instant last{};
    Instant gap_end{}; // when the newest gap ended
    Span alive{};
  };
  Span patience_{};
  Instant start_{};
  std::vector<Source> sources_;
};

} // namespace migstorm::watch
