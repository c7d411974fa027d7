#include "harness/scenario/opening_hours.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace migstorm {
namespace {

constexpr std::chrono::days kSearch{800}; // days without an opening before there is none

std::chrono::minutes time_of_day(const std::string& text, std::size_t at) {
  return std::chrono::hours(std::stoi(text.substr(at, 2))) +
         std::chrono::minutes(std::stoi(text.substr(at + 3, 2)));
}

date::local_days day_of(const std::string& text) {
  return date::local_days(date::year(std::stoi(text.substr(0, 4))) /
                          date::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))) /
                          date::day(static_cast<unsigned>(std::stoi(text.substr(8, 2)))));
}

} // namespace

struct OpeningHours::Rule {
  const date::time_zone* zone = nullptr;
  std::chrono::minutes from{};
  std::chrono::minutes to{}; // of the next day where it is not after `from`
  std::set<date::local_days> except;

  std::chrono::minutes end() const { return to > from ? to : to + std::chrono::hours(24); }

  // `late`: the second of two moments with this local time, else the first.
  CivilTime moment(date::local_days day, std::chrono::minutes minutes, bool late) const {
    const auto local = date::local_seconds(day) + std::chrono::seconds(minutes);
    const date::local_info info = zone->get_info(local);
    if (info.result == date::local_info::nonexistent) {
      return CivilTime(info.first.end.time_since_epoch());
    }
    const bool second = late && info.result == date::local_info::ambiguous;
    return CivilTime(local.time_since_epoch() - (second ? info.second : info.first).offset);
  }
};

OpeningHours::OpeningHours() = default;

Result<OpeningHours> OpeningHours::make(const std::string& window, const std::vector<std::string>& except) {
  OpeningHours hours;
  if (window.empty()) {
    return hours;
  }
  const std::size_t dash = window.find('-');
  const std::string zone = window.substr(window.find(' ') + 1);
  auto rule = std::make_shared<Rule>();
  rule->from = time_of_day(window, 0);
  rule->to = time_of_day(window, dash + 1);
  for (const std::string& day : except) {
    rule->except.insert(day_of(day));
  }
  try {
    rule->zone = date::locate_zone(zone);
  } catch (const std::runtime_error&) {
    return Error{
        Errc::unsupported,
        fmt::format("windows: {} is no time zone that this system knows; write one like Europe/Berlin, "
                    "and see that its time zone data (tzdata) are installed",
                    zone)};
  }
  hours.rule_ = std::move(rule);
  return hours;
}

// Openings follow each other without touching: one a day, none longer than a day.
std::optional<OpeningHours::Opening> OpeningHours::current_or_next(CivilTime at) const {
  const auto seconds = date::floor<std::chrono::seconds>(date::sys_time<Span>(at.time_since_epoch()));
  const auto today = date::floor<date::days>(rule_->zone->to_local(seconds));
  for (auto day = today - date::days(2); day < today + date::days(kSearch.count()); day += date::days(1)) {
    if (rule_->except.count(day) != 0) {
      continue;
    }
    const Opening opening{rule_->moment(day, rule_->from, true), rule_->moment(day, rule_->end(), false)};
    if (opening.from < opening.to && at < opening.to) {
      return opening;
    }
  }
  return std::nullopt;
}

bool OpeningHours::open(CivilTime at) const {
  if (always()) {
    return true;
  }
  const std::optional<Opening> opening = current_or_next(at);
  return opening && at >= opening->from;
}

std::optional<CivilTime> OpeningHours::next_change(CivilTime at) const {
  const std::optional<Opening> opening = always() ? std::nullopt : current_or_next(at);
  if (!opening) {
    return std::nullopt;
  }
  return at < opening->from ? opening->from : opening->to;
}

Span OpeningHours::open_between(CivilTime from, CivilTime to) const {
  if (always()) {
    return std::max(to - from, Span{});
  }
  Span total{};
  while (from < to) {
    const std::optional<Opening> opening = current_or_next(from);
    if (!opening || opening->from >= to) {
      break;
    }
    total += std::min(opening->to, to) - std::max(opening->from, from);
    from = opening->to;
  }
  return total;
}

} // namespace migstorm
