// Whether moves may begin at all, whatever guests and hosts allow: inside the scenario's hours.
#pragma once

#include "harness/scenario/opening_hours.hpp"

#include <string>

namespace migstorm::campaign {

// No move begins so shortly before the hours end: between the decision and the host's reading of the request
// lie a commit and the network.
inline constexpr Span kClosingMargin = std::chrono::seconds(10);

class Permission {
public:
  explicit Permission(OpeningHours hours) : hours_(std::move(hours)) {}

  bool given(CivilTime now) const { return hours_.open(now) && hours_.open(now + kClosingMargin); }
  // When time alone will change the answer; nothing: never.
  std::optional<CivilTime> next_change(CivilTime now) const;

  Span open_between(CivilTime from, CivilTime to) const { return hours_.open_between(from, to); }

  // What changed since the last call, in words for the journal; empty: nothing.
  std::string news(CivilTime now);

private:
  OpeningHours hours_;
  bool was_given_ = true;
};

} // namespace migstorm::campaign
