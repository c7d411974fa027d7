// Whether a move counts as exposure.
#pragma once

#include <migstorm/journal.hpp>

namespace migstorm::campaign {

struct Exposure {
  bool moved = false;
  std::optional<std::uint64_t> growth; // of the guest's disks since its previous move; absent: not measured
  bool detectors_alive = false;        // every applicable one, from start to end
};

std::uint64_t growth_needed(const QualifySpec& asked) noexcept; // bytes; 0: growth is not asked for
bool measures_growth(const Scenario& scenario) noexcept;

// Empty: qualified. Otherwise the reason, one word of Outcome::unqualified_reason.
std::string_view unqualified_reason(const QualifySpec& asked, const Exposure& exposure) noexcept;

} // namespace migstorm::campaign
