// The heartbeat of one guest: lost only if it stays away longer than the debounce, counted anew after each
// move.
#pragma once

#include <migstorm/hyperv.hpp>

#include <optional>

namespace migstorm::watch {

inline constexpr Span kHeartbeatDebounce = std::chrono::seconds(45);
// A heart may be silent for so long after a move although the guest is well.
inline constexpr Span kFlapsAfterMove = std::chrono::seconds(30);
// A host waits for some beats before it tells of a silence, nobody documents how many: a heart that was told
// to beat may have stopped so long before.
inline constexpr Span kBeatsAfterDeath = std::chrono::seconds(15);

// Something happened not before and not after.
struct Window {
  Instant earliest{};
  Instant latest{};
};

class HeartbeatTracker {
public:
  enum class Change : std::uint8_t { none, lost, back };

  Change observe(hyperv::EnabledState state, hyperv::Heartbeat heartbeat, Instant asked, Instant answered);
  // While a guest moves, and for the debounce after it, a missing heartbeat says nothing.
  void moved(Instant at) noexcept { quiet_since_ = at; }

  bool beating() const noexcept { return beating_; }
  bool lost() const noexcept { return lost_; }
  bool heard_before(Instant then) const noexcept { return heard_ && first_beat_ < then; }
  // When the present silence began; absent while the heart beats or was never heard.
  std::optional<Window> silence() const noexcept;
  // When that happened which silenced the heart for good: some time before the last beat that was told. A
  // silence that a move explains at first does not date it, it came at any time up to the end of the
  // flapping.
  std::optional<Window> dated() const noexcept;

private:
  Instant first_beat_{};
  Instant last_beat_{};
  Instant first_silent_{};
  Instant quiet_since_{};
  bool heard_ = false;
  bool beating_ = false;
  bool silent_ = false;
  bool lost_ = false;
};

} // namespace migstorm::watch
