#include "harness/watch/liveness.hpp"

#include <algorithm>

namespace migstorm::watch {

Liveness::Liveness(std::size_t sources, Span period, Instant start)
    : patience_(3 * period), start_(start), sources_(sources, Source{start, {}, {}}) {}

void Liveness::answered(std::size_t source, Instant at) noexcept {
  Source& s = sources_[source];
  const Span gap = at - s.last;
  s.alive += std::min(gap, patience_);
  if (gap > patience_) {
    s.gap_end = at;
  }
  s.last = at;
}

bool Liveness::alive_since(std::size_t source, Instant since, Instant now) const noexcept {
  const Source& s = sources_[source];
  return now - s.last <= patience_ && s.gap_end <= since;
}

Span Liveness::alive(std::size_t source, Instant now) const noexcept {
  const Source& s = sources_[source];
  return s.alive + std::min(now - s.last, patience_);
}

} // namespace migstorm::watch
