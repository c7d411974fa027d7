#include "harness/campaign/clocks.hpp"

#include <fmt/format.h>

#include <cmath>

namespace migstorm::campaign {
namespace {

constexpr Span kNews = std::chrono::seconds(1);

Span distance(Span left, Span right) noexcept { return left < right ? right - left : left - right; }

double seconds_of(Span span) noexcept { return std::chrono::duration<double>(span).count(); }

} // namespace

bool Clocks::take(const std::string& machine, hyperv::ClockReading reading) {
  const auto known = readings_.find(machine);
  if (known == readings_.end()) {
    readings_.emplace(machine, reading);
    return true;
  }
  hyperv::ClockReading& last = known->second;
  const Span apart = distance(reading.offset, last.offset);
  const bool contradicts = apart > reading.uncertainty + last.uncertainty;
  if (!contradicts && reading.uncertainty > last.uncertainty) {
    return false; // it says the same, less exactly
  }
  last = reading;
  return contradicts && apart >= kNews;
}

std::optional<hyperv::ClockReading> Clocks::of(const std::string& machine) const {
  const auto known = readings_.find(machine);
  return known == readings_.end() ? std::nullopt : std::optional(known->second);
}

Span Clocks::ahead(const std::string& machine) const {
  const auto known = of(machine);
  return known ? known->offset : Span{};
}

CivilTime Clocks::ours(const std::string& machine, CivilTime theirs) const { return theirs - ahead(machine); }

CivilTime Clocks::theirs(const std::string& machine, CivilTime ours) const { return ours + ahead(machine); }

std::string in_words(const hyperv::ClockReading& reading) {
  const double offset = seconds_of(reading.offset);
  return fmt::format("{:.1f} s {}, give or take {:.1f} s", std::abs(offset), offset < 0 ? "behind" : "ahead",
                     seconds_of(reading.uncertainty));
}

} // namespace migstorm::campaign
