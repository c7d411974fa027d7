// When a scenario's `windows:` let moves begin: hours of the day in a time zone, over midnight and over the
// days on which clocks are set.
//
// Where a local time happens twice, only what is inside by both readings counts; where it does not happen,
// the moment at which the clocks jump stands for it.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

class OpeningHours {
public:
  // Always open.
  OpeningHours();
  // `window` and `except` as the scenario reader has checked them; unsupported: the system does not know the
  // zone.
  static Result<OpeningHours> make(const std::string& window, const std::vector<std::string>& except);

  bool always() const noexcept { return rule_ == nullptr; }
  bool open(CivilTime at) const;
  // The next moment at which this changes; nothing where it never does.
  std::optional<CivilTime> next_change(CivilTime at) const;
  // How much of the time between the two is open.
  Span open_between(CivilTime from, CivilTime to) const;

private:
  struct Rule;
  struct Opening {
    CivilTime from;
    CivilTime to;
  };
  std::optional<Opening> current_or_next(CivilTime at) const;

  std::shared_ptr<const Rule> rule_;
};

} // namespace migstorm
