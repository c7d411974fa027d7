#include "harness/campaign/permission.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {

std::optional<CivilTime> Permission::next_change(CivilTime now) const {
  std::optional<CivilTime> change = hours_.next_change(now);
  if (!change) {
    return std::nullopt;
  }
  if (!hours_.open(now)) {
    return change;
  }
  const CivilTime last_start = *change - kClosingMargin;
  return now < last_start ? std::optional(last_start) : hours_.next_change(*change);
}

std::string Permission::news(CivilTime now) {
  const bool is_given = given(now);
  if (is_given == was_given_) {
    return {};
  }
  was_given_ = is_given;
  if (is_given) {
    return "open: moves begin again";
  }
  const std::optional<CivilTime> next = next_change(now);
  return next ? fmt::format("closed: no move begins for {} min",
                            std::chrono::ceil<std::chrono::minutes>(*next - now).count())
              : "closed for good: no later window opens";
}

} // namespace migstorm::campaign
