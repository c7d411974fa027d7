// How long moves take here, learned from those that completed, so that hosts are not asked before there can
// be news.
#pragma once

#include <migstorm/runtime.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace migstorm::campaign {

class MoveTimes {
public:
  void completed(Span took) noexcept {
    took_[next_] = took;
    next_ = (next_ + 1) % took_.size();
    known_ = std::min(known_ + 1, took_.size());
  }
  // Moves that are over before the next polling tick are looked for where they should land; so are the first
  // ones, to learn it.
  bool instant(Span tick) const noexcept { return known_ == 0 || shortest() < tick; }
  // Before this age a move is not asked about. A little below the shortest, so that faster ones are learned
  // of.
  Span quiet() const noexcept { return known_ == 0 ? Span{} : shortest() * 3 / 4; }

private:
  Span shortest() const noexcept {
    return *std::min_element(took_.begin(), took_.begin() + static_cast<std::ptrdiff_t>(known_));
  }

  std::array<Span, 32> took_{};
  std::size_t next_ = 0;
  std::size_t known_ = 0;
};

} // namespace migstorm::campaign
