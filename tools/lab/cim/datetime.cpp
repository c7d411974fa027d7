#include "tools/lab/cim/text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace migstorm::lab::cim {

namespace {

using namespace std::chrono;

constexpr int kYearMin = 1700;
constexpr int kYearMax = 2200;
constexpr std::int64_t kDaysMax = 99'999; // of an interval: 273 years still fit nanoseconds
constexpr int kOffsetMinutesMax = 14 * 60;

// Reads digits, and remembers whether anything did not fit.
class Reader {
public:
  explicit Reader(std::string_view text) noexcept : rest_(text) {}

  bool ok() const noexcept { return ok_; }
  bool done() const noexcept { return ok_ && rest_.empty(); }
  bool at(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }

  bool take(char c) noexcept {
    if (!at(c)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) noexcept { ok_ = take(c) && ok_; }

  std::int64_t digits(std::size_t count) noexcept {
    const auto number = rest_.size() >= count ? parse_unsigned(rest_.substr(0, count)) : std::nullopt;
    if (!number || *number > 99'999'999) {
      ok_ = false;
      return 0;
    }
    rest_.remove_prefix(count);
    return static_cast<std::int64_t>(*number);
  }
  std::int64_t number() noexcept { return digits(digit_count()); }

  // Behind the point: up to nine digits count, asterisks (not known) count as zero.
  nanoseconds fraction() noexcept {
    std::int64_t value = 0;
    std::int64_t unit = 100'000'000;
    while (!rest_.empty() && ((rest_.front() >= '0' && rest_.front() <= '9') || rest_.front() == '*')) {
      value += rest_.front() == '*' ? 0 : (rest_.front() - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
    }
    return nanoseconds(value);
  }

private:
  std::size_t digit_count() const noexcept {
    const auto end = rest_.find_first_not_of("0123456789");
    return end == rest_.npos ? rest_.size() : end;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::optional<Datetime> checked(const Reader& reader, year_month_day date, nanoseconds time, int offset) {
  const auto year_number = static_cast<int>(date.year());
  if (!reader.done() || !date.ok() || year_number < kYearMin || year_number > kYearMax ||
      time >= hours(24) + seconds(1) || offset > kOffsetMinutesMax || offset < -kOffsetMinutesMax) {
    return std::nullopt;
  }
  return Datetime{CivilTime(sys_days(date)) + time - minutes(offset), offset};
}

year_month_day date_of(std::int64_t y, std::int64_t m, std::int64_t d) {
  return year(static_cast<int>(y)) / static_cast<int>(m) / static_cast<int>(d);
}

bool in_day(std::int64_t h, std::int64_t m, std::int64_t s) { return h <= 24 && m < 60 && s <= 60; }

// Stars for the date leave it open: the first day of the calendar's count stands for any.
std::optional<Datetime> parse_cim_datetime(std::string_view text) {
  constexpr std::string_view kAnyDate = "********";
  const bool any_date = text.starts_with(kAnyDate);
  Reader reader(any_date ? text.substr(kAnyDate.size()) : text);
  const auto y = any_date ? 1970 : reader.digits(4);
  const auto mo = any_date ? 1 : reader.digits(2);
  const auto d = any_date ? 1 : reader.digits(2);
  const auto h = reader.digits(2);
  const auto mi = reader.digits(2);
  const auto s = reader.digits(2);
  reader.expect('.');
  const auto fraction = reader.fraction();
  const bool negative = reader.at('-');
  if (!reader.take('+') && !reader.take('-')) {
    return std::nullopt;
  }
  const auto offset = static_cast<int>(reader.digits(3));
  if (!in_day(h, mi, s)) {
    return std::nullopt;
  }
  return checked(reader, date_of(y, mo, d), hours(h) + minutes(mi) + seconds(s) + fraction,
                 negative ? -offset : offset);
}

std::optional<Datetime> parse_xml_datetime(std::string_view text) {
  Reader reader(text);
  const auto y = reader.digits(4);
  reader.expect('-');
  const auto mo = reader.digits(2);
  reader.expect('-');
  const auto d = reader.digits(2);
  reader.expect('T');
  const auto h = reader.digits(2);
  reader.expect(':');
  const auto mi = reader.digits(2);
  reader.expect(':');
  const auto s = reader.digits(2);
  const auto fraction = reader.take('.') ? reader.fraction() : nanoseconds(0);
  int offset = 0;
  const bool negative = reader.at('-');
  if (reader.take('+') || reader.take('-')) {
    const auto offset_hours = reader.digits(2);
    reader.expect(':');
    offset = static_cast<int>(offset_hours * 60 + reader.digits(2)) * (negative ? -1 : 1);
  } else {
    reader.take('Z');
  }
  if (!in_day(h, mi, s)) {
    return std::nullopt;
  }
  return checked(reader, date_of(y, mo, d), hours(h) + minutes(mi) + seconds(s) + fraction, offset);
}

std::optional<Interval> parse_cim_interval(std::string_view text) {
  Reader reader(text);
  const auto d = reader.digits(8);
  const auto h = reader.digits(2);
  const auto m = reader.digits(2);
  const auto s = reader.digits(2);
  reader.expect('.');
  const auto fraction = reader.fraction();
  reader.expect(':');
  reader.digits(3);
  if (!reader.done() || d > kDaysMax) {
    return std::nullopt;
  }
  return Interval{days(d) + hours(h) + minutes(m) + seconds(s) + fraction};
}

// One "<number><letter>" part, if it comes next; parts keep their order.
bool take_part(Reader& reader, std::int64_t& number, bool& have_number, char letter) {
  if (!have_number && !reader.done() && !reader.at('T')) {
    number = reader.number();
    have_number = reader.ok();
  }
  if (have_number && reader.take(letter)) {
    have_number = false;
    return true;
  }
  return false;
}

// The days of P[n]D; years and months have no fixed length and are refused unless zero.
std::optional<seconds> date_part(Reader& reader, std::int64_t& number, bool& have_number) {
  for (const char letter : {'Y', 'M'}) {
    if (take_part(reader, number, have_number, letter) && number != 0) {
      return std::nullopt;
    }
  }
  return take_part(reader, number, have_number, 'D') ? days(number) : seconds{};
}

struct TimePart {
  seconds whole{}; // numbers have at most eight digits: the sum cannot overflow
  nanoseconds fraction{};
};

// [n]H[n]M[n[.f]]S, behind the T.
TimePart time_part(Reader& reader) {
  std::int64_t number = 0;
  bool have_number = false;
  TimePart part;
  for (const auto& [letter, unit] : {std::pair('H', seconds(3600)), std::pair('M', seconds(60))}) {
    if (take_part(reader, number, have_number, letter)) {
      part.whole += number * unit;
    }
  }
  if (have_number || !reader.done()) {
    part.whole += seconds(have_number ? number : reader.number());
    part.fraction = reader.take('.') ? reader.fraction() : nanoseconds(0);
    reader.expect('S');
  }
  return part;
}

// P[n]DT[n]H[n]M[n[.f]]S
std::optional<Interval> parse_xml_duration(std::string_view text) {
  Reader reader(text);
  reader.expect('P');
  std::int64_t number = 0;
  bool have_number = false;
  const std::optional<seconds> date = date_part(reader, number, have_number);
  if (!date) {
    return std::nullopt;
  }
  TimePart time;
  if (!have_number && reader.take('T')) {
    time = time_part(reader);
  }
  const seconds whole = *date + time.whole;
  if (!reader.done() || have_number || text.size() < 3 || whole > days(kDaysMax)) {
    return std::nullopt;
  }
  return Interval{whole + time.fraction};
}

struct Fields {
  year_month_day date;
  hh_mm_ss<nanoseconds> time;
};

Fields local_fields(const Datetime& value) {
  const auto local = value.time + minutes(value.offset_minutes);
  const auto day = floor<days>(local);
  return {year_month_day(day), hh_mm_ss<nanoseconds>(local - day)};
}

// ".5", ".000001", or nothing.
std::string fraction_text(nanoseconds fraction) {
  const auto micros = duration_cast<microseconds>(fraction).count();
  if (micros == 0) {
    return {};
  }
  auto text = fmt::format(".{:06}", micros);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

} // namespace

std::string to_cim_text(const Datetime& value) {
  const auto [date, time] = local_fields(value);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}.{:06}{}{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     duration_cast<microseconds>(time.subseconds()).count(),
                     value.offset_minutes < 0 ? '-' : '+', std::abs(value.offset_minutes));
}

std::string to_cim_text(const Interval& value) {
  const auto span = std::max(value.span, Span{});
  const auto day = floor<days>(span);
  const hh_mm_ss<nanoseconds> time(span - day);
  return fmt::format("{:08}{:02}{:02}{:02}.{:06}:000", day.count(), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     duration_cast<microseconds>(time.subseconds()).count());
}

void append_xml_text(std::string& out, const Datetime& value) {
  const auto [date, time] = local_fields(value);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(),
                 time.seconds().count(), fraction_text(time.subseconds()));
  if (value.offset_minutes == 0) {
    out += 'Z';
    return;
  }
  const auto offset = std::abs(value.offset_minutes);
  fmt::format_to(std::back_inserter(out), "{}{:02}:{:02}", value.offset_minutes < 0 ? '-' : '+', offset / 60,
                 offset % 60);
}

void append_xml_text(std::string& out, const Interval& value) {
  const auto span = std::max(value.span, Span{});
  const auto day = floor<days>(span);
  const hh_mm_ss<nanoseconds> time(span - day);
  fmt::format_to(std::back_inserter(out), "P{}DT{}H{}M{}{}S", day.count(), time.hours().count(),
                 time.minutes().count(), time.seconds().count(), fraction_text(time.subseconds()));
}

std::optional<Datetime> parse_datetime(std::string_view text) {
  return text.size() > 4 && text[4] == '-' ? parse_xml_datetime(text) : parse_cim_datetime(text);
}

std::optional<Interval> parse_interval(std::string_view text) {
  return text.starts_with('P') ? parse_xml_duration(text) : parse_cim_interval(text);
}

} // namespace migstorm::lab::cim
