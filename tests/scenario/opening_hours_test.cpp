#include "harness/scenario/opening_hours.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace migstorm;
using namespace std::chrono;

namespace {

CivilTime utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) + hours(hour) +
         minutes(minute);
}

OpeningHours of(const std::string& window, const std::vector<std::string>& except = {}) {
  auto made = OpeningHours::make(window, except);
  REQUIRE(made);
  return *made;
}

} // namespace

TEST_CASE("without a window it is always open", "[windows]") {
  const OpeningHours hours = of("");
  CHECK(hours.always());
  CHECK(hours.open(utc(2026, 11, 26, 12)));
  CHECK_FALSE(hours.next_change(utc(2026, 11, 26, 12)));
}

TEST_CASE("a window over midnight belongs to the day on which it opens", "[windows]") {
  const OpeningHours hours = of("20:00-06:00 Europe/Berlin"); // 19:00 to 05:00 UTC in winter
  CHECK_FALSE(hours.open(utc(2026, 11, 26, 18, 59)));
  CHECK(hours.open(utc(2026, 11, 26, 19)));
  CHECK(hours.open(utc(2026, 11, 27, 4, 59)));
  CHECK_FALSE(hours.open(utc(2026, 11, 27, 5)));
  CHECK(hours.next_change(utc(2026, 11, 26, 12)) == utc(2026, 11, 26, 19));
  CHECK(hours.next_change(utc(2026, 11, 26, 23)) == utc(2026, 11, 27, 5));
  CHECK(hours.next_change(utc(2026, 11, 27, 5)) == utc(2026, 11, 27, 19));
}

TEST_CASE("a day that is left out has no opening, though the night before lasts into it", "[windows]") {
  const OpeningHours hours = of("20:00-06:00 UTC", {"2026-12-24", "2026-12-25"});
  CHECK(hours.open(utc(2026, 12, 24, 5)));
  CHECK_FALSE(hours.open(utc(2026, 12, 24, 21)));
  CHECK_FALSE(hours.open(utc(2026, 12, 25, 3)));
  CHECK(hours.next_change(utc(2026, 12, 24, 7)) == utc(2026, 12, 26, 20));
}

TEST_CASE("the night of the spring change is an hour shorter", "[windows]") {
  const OpeningHours hours = of("20:00-06:00 Europe/Berlin");
  CHECK(hours.next_change(utc(2026, 3, 28, 12)) == utc(2026, 3, 28, 19)); // still winter time
  CHECK(hours.next_change(utc(2026, 3, 28, 20)) == utc(2026, 3, 29, 4));  // summer time: 06:00 is 04:00 UTC
}

TEST_CASE("a time that the clocks jump over stands for the jump", "[windows]") {
  const OpeningHours hours = of("02:30-04:00 Europe/Berlin");
  CHECK(hours.next_change(utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1)); // 02:00 becomes 03:00
  CHECK(hours.next_change(utc(2026, 3, 29, 1)) == utc(2026, 3, 29, 2));
  const OpeningHours gone = of("02:10-02:50 Europe/Berlin"); // that night it does not happen at all
  CHECK(gone.next_change(utc(2026, 3, 28, 12)) == utc(2026, 3, 30, 0, 10));
}

TEST_CASE("of a time that happens twice only what is inside by both readings counts", "[windows]") {
  // 2026-10-25: 02:00 to 03:00 happens at 00:00 UTC (summer) and again at 01:00 UTC (winter).
  const OpeningHours opens = of("02:30-04:00 Europe/Berlin");
  CHECK_FALSE(opens.open(utc(2026, 10, 25, 0, 40)));
  CHECK(opens.open(utc(2026, 10, 25, 1, 30)));
  const OpeningHours closes = of("20:00-02:30 Europe/Berlin");
  CHECK(closes.open(utc(2026, 10, 25, 0, 29)));
  CHECK_FALSE(closes.open(utc(2026, 10, 25, 1, 10)));
}

TEST_CASE("a zone of the other half of the world", "[windows]") {
  const OpeningHours hours = of("22:00-05:00 Australia/Lord_Howe");          // summer time is half an hour
  CHECK(hours.next_change(utc(2026, 1, 10, 8)) == utc(2026, 1, 10, 11));     // +11:00
  CHECK(hours.next_change(utc(2026, 7, 10, 8)) == utc(2026, 7, 10, 11, 30)); // +10:30
}

TEST_CASE("a zone that the system does not know is refused with what to do", "[windows][hostile]") {
  const auto made = OpeningHours::make("20:00-06:00 Europe/Nowhere", {});
  REQUIRE_FALSE(made);
  CHECK(made.error().detail.find("Europe/Nowhere is no time zone") != std::string::npos);
  CHECK_FALSE(OpeningHours::make("20:00-06:00 ../../etc/passwd", {}));
}

TEST_CASE("open time is what lies inside the windows", "[windows]") {
  const OpeningHours hours = of("20:00-06:00 UTC", {"2026-06-02"});
  CHECK(hours.open_between(utc(2026, 6, 1, 12), utc(2026, 6, 1, 22)) == 2h);
  CHECK(hours.open_between(utc(2026, 6, 1, 22), utc(2026, 6, 4, 1)) == 8h + 5h);
  CHECK(hours.open_between(utc(2026, 6, 1, 7), utc(2026, 6, 1, 19)) == 0h);
  CHECK(of("").open_between(utc(2026, 6, 1, 7), utc(2026, 6, 1, 19)) == 12h);
}

TEST_CASE("when every day is left out it never opens", "[windows]") {
  std::vector<std::string> all;
  for (sys_days day = 2026y / 1 / 1; day < sys_days(2029y / 1 / 1); day += days(1)) {
    const year_month_day date(day);
    all.push_back(
        fmt::format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()}));
  }
  const OpeningHours hours = of("20:00-06:00 UTC", all);
  CHECK_FALSE(hours.open(utc(2026, 6, 1, 21)));
  CHECK_FALSE(hours.next_change(utc(2026, 6, 1, 21)));
}
