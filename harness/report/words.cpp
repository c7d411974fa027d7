#include "harness/report/words.hpp"

#include "harness/report/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace migstorm::report {

namespace {

using std::chrono::floor;

std::string date_and_time(CivilTime time, char between) {
  const auto second = floor<std::chrono::seconds>(time);
  const auto midnight = floor<std::chrono::days>(second);
  const std::chrono::year_month_day day(midnight);
  const std::chrono::hh_mm_ss clock(second - midnight);
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), between,
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

// Bidirectional overrides and isolates, which can make a line read as another one.
bool turns_direction(char32_t c) noexcept {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
}

bool is_control(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

} // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t from_right = 3; from_right < digits.size(); from_right += 4) {
    digits.insert(digits.size() - from_right, 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

std::string hex(std::uint64_t value) { return fmt::format("{:#x}", value); }

std::string bugcheck_code(std::uint32_t code) { return hex(code & ~0x10000000U); }

std::string percent(double fraction) {
  if (fraction >= 1) {
    return "100 %";
  }
  return fmt::format("{:.1f} %", std::min(100 * fraction, 99.9));
}

std::string rfc3339(CivilTime time) {
  const auto fraction = floor<std::chrono::milliseconds>(time) - floor<std::chrono::seconds>(time);
  const std::string whole = date_and_time(time, 'T');
  return fraction.count() == 0 ? whole + "Z" : fmt::format("{}.{:03}Z", whole, fraction.count());
}

std::string civil_minute(CivilTime time) { return date_and_time(time, ' ').substr(0, 16); }

std::string civil_second(CivilTime time) { return date_and_time(time, ' ') + " UTC"; }

double seconds_of(Span span) { return std::chrono::duration<double>(span).count(); }

std::string span_words(Span span) {
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(std::max(span, Span{})));
  if (clock.hours().count() > 0) {
    return fmt::format("{} h {} min", grouped(static_cast<std::uint64_t>(clock.hours().count())),
                       clock.minutes().count());
  }
  if (clock.minutes().count() > 0) {
    return fmt::format("{} min {} s", clock.minutes().count(), clock.seconds().count());
  }
  return fmt::format("{} s", clock.seconds().count());
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string safe;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    const bool blank = is_control(next.value) || turns_direction(next.value);
    const std::string_view piece = !next.valid ? "\xEF\xBF\xBD" : blank ? " " : text.substr(0, next.size);
    if (safe.size() + piece.size() > bytes_max) {
      return safe + "...";
    }
    safe += piece;
    text.remove_prefix(next.size);
  }
  return safe;
}

} // namespace migstorm::report
