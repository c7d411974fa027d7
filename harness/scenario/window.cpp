#include "harness/scenario/sections.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <optional>

namespace migstorm {
namespace {

constexpr std::size_t kDaysMax = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The form of "dd:dd" or "dddd-dd-dd": a digit wherever the mask has one, its own character elsewhere.
bool has_form(std::string_view text, std::string_view mask) {
  return text.size() == mask.size() &&
         std::equal(text.begin(), text.end(), mask.begin(),
                    [](char c, char wanted) { return wanted == 'd' ? is_digit(c) : c == wanted; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
  }
  return value;
}

// Minutes since midnight.
std::optional<int> parse_time_of_day(std::string_view text) {
  if (!has_form(text, "dd:dd")) {
    return std::nullopt;
  }
  const int hour = number(text.substr(0, 2));
  const int minute = number(text.substr(3));
  return hour < 24 && minute < 60 ? std::optional(hour * 60 + minute) : std::nullopt;
}

// "Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT-3": which zones there are is the
// system's to say.
bool is_zone_name(std::string_view text) {
  constexpr std::size_t kLengthMax = 64;
  return !text.empty() && text.size() <= kLengthMax &&
         std::isalpha(static_cast<unsigned char>(text.front())) != 0 && text.back() != '/' &&
         text.find("//") == std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view("/_+-").find(c) != std::string_view::npos;
         });
}

bool is_day(std::string_view text) {
  if (!has_form(text, "dddd-dd-dd")) {
    return false;
  }
  return std::chrono::year_month_day(std::chrono::year(number(text.substr(0, 4))),
                                     std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
                                     std::chrono::day(static_cast<unsigned>(number(text.substr(8)))))
      .ok();
}

} // namespace

std::string read_window(const yaml::Node& node) {
  std::string text = node.text();
  if (!node.is_scalar()) {
    return {};
  }
  const std::string_view whole = text;
  const std::size_t dash = whole.find('-');
  const std::size_t space = whole.find(' ');
  if (dash == std::string_view::npos || space == std::string_view::npos || space < dash) {
    node.error(
        fmt::format("{} is not a window, write it like 20:00-06:00 Europe/Berlin", units::quoted(text)));
    return {};
  }
  const auto from = parse_time_of_day(whole.substr(0, dash));
  const auto to = parse_time_of_day(whole.substr(dash + 1, space - dash - 1));
  if (!from || !to) {
    node.error(fmt::format("{} does not start with two times of day, write them like 20:00-06:00",
                           units::quoted(text)));
    return {};
  }
  if (*from == *to) {
    node.error(fmt::format("{} opens and closes at the same minute", units::quoted(text)));
    return {};
  }
  if (!is_zone_name(whole.substr(space + 1))) {
    node.error(fmt::format("{} does not end with a time zone, write it like Europe/Berlin or UTC",
                           units::quoted(text)));
    return {};
  }
  return text;
}

std::vector<std::string> read_days(const yaml::Node& node) {
  std::vector<std::string> days;
  const auto items = node.list();
  if (items.size() > kDaysMax) {
    node.error(fmt::format("{} days, at most {}", items.size(), kDaysMax));
    return days;
  }
  for (const yaml::Node& item : items) {
    const std::string day = item.text();
    if (is_day(day)) {
      days.push_back(day);
    } else if (item.is_scalar()) {
      item.error(fmt::format("{} is not a day, write it like 2026-12-24", units::quoted(day)));
    }
  }
  return days;
}

} // namespace migstorm
