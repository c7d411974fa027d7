#include "tools/migstorm/clock.hpp"

namespace migstorm {

CivilTime scaled_civil(CivilTime real, std::uint32_t factor) {
  using namespace std::chrono;
  const year_month_day today(floor<days>(real));
  const CivilTime base = sys_days(today.year() / today.month() / 1);
  return base + (real - base) * factor;
}

} // namespace migstorm
