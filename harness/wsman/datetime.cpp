// The two ways in which hosts write a point in time: XML Schema's dateTime and CIM's 25 characters (DSP0004).
#include "harness/wsman/cim.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace migstorm::wsman {

namespace {

// What fits into 64 bits of nanoseconds; WMI writes 1601 for "never".
constexpr int kYearMin = 1678;
constexpr int kYearMax = 2261;
constexpr int kZoneMinutesMax = 14 * 60;

struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::chrono::nanoseconds fraction{0};
  int zone_minutes = 0;
};

class Cursor {
public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  bool digits(std::size_t count, int& value) noexcept {
    if (rest_.size() < count ||
        !std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(count),
                     [](char c) { return c >= '0' && c <= '9'; })) {
      return false;
    }
    value = 0;
    for (const char c : rest_.substr(0, count)) {
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  bool take(char expected) noexcept {
    if (rest_.empty() || rest_.front() != expected) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // Digits after the point, of any number; beyond nanoseconds they are dropped.
  bool fraction(std::chrono::nanoseconds& value) noexcept {
    std::int64_t unit = 100'000'000;
    bool any = false;
    int digit = 0;
    while (digits(1, digit)) {
      value += std::chrono::nanoseconds(unit * digit);
      unit /= 10;
      any = true;
    }
    return any;
  }
  bool sign(int& value) noexcept {
    value = take('-') ? -1 : 1;
    return value == -1 || take('+');
  }
  bool done() const noexcept { return rest_.empty(); }

private:
  std::string_view rest_;
};

std::optional<CivilTime> to_time(const Fields& f) noexcept {
  using namespace std::chrono;
  if (f.year < kYearMin || f.year > kYearMax || f.hour > 23 || f.minute > 59 || f.second > 59 ||
      f.zone_minutes > kZoneMinutesMax || f.zone_minutes < -kZoneMinutesMax) {
    return std::nullopt;
  }
  const year_month_day date(year(f.year), month(static_cast<unsigned>(f.month)),
                            day(static_cast<unsigned>(f.day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  return CivilTime(sys_days(date)) + hours(f.hour) + minutes(f.minute - f.zone_minutes) + seconds(f.second) +
         f.fraction;
}

bool parse_zone(Cursor& in, Fields& f) noexcept {
  if (in.done() || in.take('Z')) {
    return true;
  }
  int sign = 1;
  int hours = 0;
  int minutes = 0;
  if (!in.sign(sign) || !in.digits(2, hours) || !in.take(':') || !in.digits(2, minutes) || minutes > 59) {
    return false;
  }
  f.zone_minutes = sign * (hours * 60 + minutes);
  return true;
}

bool parse_xml_form(Cursor in, Fields& f) noexcept {
  return in.digits(4, f.year) && in.take('-') && in.digits(2, f.month) && in.take('-') &&
         in.digits(2, f.day) && in.take('T') && in.digits(2, f.hour) && in.take(':') &&
         in.digits(2, f.minute) && in.take(':') && in.digits(2, f.second) &&
         (!in.take('.') || in.fraction(f.fraction)) && parse_zone(in, f) && in.done();
}

bool parse_cim_form(Cursor in, Fields& f) noexcept {
  int micros = 0;
  int sign = 1;
  int zone = 0;
  if (!(in.digits(4, f.year) && in.digits(2, f.month) && in.digits(2, f.day) && in.digits(2, f.hour) &&
        in.digits(2, f.minute) && in.digits(2, f.second) && in.take('.') && in.digits(6, micros) &&
        in.sign(sign) && in.digits(3, zone) && in.done())) {
    return false;
  }
  f.fraction = std::chrono::microseconds(micros);
  f.zone_minutes = sign * zone;
  return true;
}

} // namespace

std::optional<CivilTime> parse_datetime(std::string_view text) noexcept {
  text = trimmed(text);
  Fields fields;
  if (parse_xml_form(Cursor(text), fields)) {
    return to_time(fields);
  }
  fields = Fields{};
  return parse_cim_form(Cursor(text), fields) ? to_time(fields) : std::nullopt;
}

std::string format_cim_datetime(CivilTime time) {
  using namespace std::chrono;
  const auto date = floor<days>(time);
  const year_month_day ymd(date);
  const hh_mm_ss clock(floor<microseconds>(time - date));
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}.{:06}+000", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

} // namespace migstorm::wsman
