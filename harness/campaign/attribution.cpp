#include "harness/campaign/attribution.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

constexpr std::size_t kIntervalsKept = 16;
// A guest that survived its move for this long did not die of it.
constexpr Span kAfterMove = std::chrono::seconds(60);
constexpr int kShare = 2; // of so many parts
constexpr int kShareParts = 3;

} // namespace

void Attribution::began(std::uint32_t guest, std::uint32_t step, Instant at) {
  auto& intervals = guests_[guest];
  if (intervals.size() == kIntervalsKept) {
    intervals.pop_front();
  }
  intervals.push_back(Interval{step, at, Instant::max()});
}

void Attribution::ended(std::uint32_t guest, Instant at) {
  if (!guests_[guest].empty()) {
    guests_[guest].back().end = at;
  }
}

void Attribution::withdrawn(std::uint32_t guest) {
  if (!guests_[guest].empty()) {
    guests_[guest].pop_back();
  }
}

std::optional<std::uint32_t> Attribution::find(std::uint32_t guest, Instant earliest, Instant latest) const {
  const auto& intervals = guests_[guest];
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const Interval& interval = intervals[i];
    Instant end = interval.end == Instant::max() ? interval.end : interval.end + kAfterMove;
    if (i + 1 < intervals.size()) {
      end = std::min(end, intervals[i + 1].start);
    }
    const Span inside = std::min(latest, end) - std::max(earliest, interval.start);
    const bool covers = earliest == latest ? earliest >= interval.start && earliest < end
                                           : inside * kShareParts >= (latest - earliest) * kShare;
    if (covers) {
      return interval.step;
    }
  }
  return std::nullopt;
}

} // namespace migstorm::campaign
