#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace migstorm::units {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::array<Unit, 5> kSpanUnits = {{
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"min", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
}};
constexpr std::array<Unit, 9> kByteUnits = {{
    {"B", 1},
    {"KiB", 1ULL << 10},
    {"MiB", 1ULL << 20},
    {"GiB", 1ULL << 30},
    {"TiB", 1ULL << 40},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
}};
constexpr std::uint64_t kValueMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::size_t kQuotedMax = 60;

Error refuse(std::string message) { return {Errc::malformed, std::move(message)}; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string list_of(std::span<const Unit> units) {
  std::string all;
  for (std::size_t i = 0; i < units.size(); ++i) {
    all += i == 0 ? "" : i + 1 == units.size() ? " or " : ", ";
    all += units[i].name;
  }
  return all;
}

std::optional<std::uint64_t> digits_of(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

// "1.5" in units of `size`, rounded to a whole number; absent when it is no number or does not fit 63 bits.
std::optional<std::uint64_t> scaled(std::string_view number, std::uint64_t size) {
  constexpr std::size_t kDecimalsMax = 9;
  const std::size_t point = number.find('.');
  const auto whole = digits_of(number.substr(0, point));
  if (!whole || *whole > kValueMax / size) {
    return std::nullopt;
  }
  if (point == std::string_view::npos) {
    return *whole * size;
  }
  const std::string_view decimals = number.substr(point + 1);
  const auto part = digits_of(decimals);
  if (!part || decimals.size() > kDecimalsMax) {
    return std::nullopt;
  }
  const double share = static_cast<double>(*part) / std::pow(10.0, static_cast<double>(decimals.size()));
  const auto rest = static_cast<std::uint64_t>(std::llround(share * static_cast<double>(size)));
  const std::uint64_t value = *whole * size;
  return rest <= kValueMax - value ? std::optional(value + rest) : std::nullopt;
}

Result<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units,
                                     std::string_view example) {
  const std::string_view whole = trimmed(text);
  if (!whole.empty() && whole.front() == '-') {
    return refuse(fmt::format("{} is negative", quoted(whole)));
  }
  const auto end = std::find_if(whole.begin(), whole.end(), [](char c) { return !is_digit(c) && c != '.'; });
  const std::string_view number(whole.begin(), end);
  const std::string_view unit = trimmed(std::string_view(end, whole.end()));
  if (number.empty()) {
    return refuse(fmt::format("{} is not a number with a unit, write it like {}", quoted(whole), example));
  }
  if (unit.empty()) {
    return refuse(fmt::format("{} has no unit, use {}", quoted(whole), list_of(units)));
  }
  const auto known = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == unit; });
  if (known == units.end()) {
    return refuse(fmt::format("unknown unit {} in {}, use {}", quoted(unit), quoted(whole), list_of(units)));
  }
  const auto value = scaled(number, known->size);
  if (!value) {
    return refuse(fmt::format("{} is not a number that can be used", quoted(whole)));
  }
  return *value;
}

std::string format_in(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = units.data();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.size == 0 && unit.size > best->size) {
      best = &unit;
    }
  }
  return fmt::format("{}{}", static_cast<double>(value) / static_cast<double>(best->size), best->name);
}

Result<double> parse_ratio(std::string_view text, std::size_t slash) {
  const auto above = parse_whole(trimmed(text.substr(0, slash)));
  const auto below = parse_whole(trimmed(text.substr(slash + 1)));
  if (!above || !below || *below == 0) {
    return refuse(fmt::format("{} is not a share, write it like 1/1500, 5% or 0.05", quoted(text)));
  }
  return static_cast<double>(*above) / static_cast<double>(*below);
}

} // namespace

Result<std::uint64_t> parse_whole(std::string_view text) {
  const auto value = digits_of(trimmed(text));
  if (!value || *value > kValueMax) {
    return refuse(fmt::format("{} is not a whole number", quoted(trimmed(text))));
  }
  return *value;
}

Result<double> parse_fraction(std::string_view text) {
  const std::string_view whole = trimmed(text);
  if (const std::size_t slash = whole.find('/'); slash != std::string_view::npos) {
    return parse_ratio(whole, slash);
  }
  const bool percent = !whole.empty() && whole.back() == '%';
  const std::string_view number = trimmed(percent ? whole.substr(0, whole.size() - 1) : whole);
  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
  if (number.empty() || error != std::errc() || end != number.data() + number.size() || !(value >= 0) ||
      !std::isfinite(value)) {
    return refuse(fmt::format("{} is not a share, write it like 1/1500, 5% or 0.05", quoted(whole)));
  }
  return percent ? value / 100 : value;
}

Result<Span> parse_span(std::string_view text) {
  auto value = parse_quantity(text, kSpanUnits, "90s");
  if (!value) {
    return std::move(value).error();
  }
  return Span(static_cast<Span::rep>(*value));
}

Result<std::pair<Span, Span>> parse_span_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  auto low = parse_span(text.substr(0, dots));
  if (!low) {
    return std::move(low).error();
  }
  if (dots == std::string_view::npos) {
    return std::pair(*low, *low);
  }
  auto high = parse_span(text.substr(dots + 2));
  if (!high) {
    return std::move(high).error();
  }
  if (*low > *high) {
    return refuse(
        fmt::format("{} runs backwards, write {}..{}", quoted(text), format_span(*high), format_span(*low)));
  }
  return std::pair(*low, *high);
}

Result<std::uint64_t> parse_bytes(std::string_view text) { return parse_quantity(text, kByteUnits, "64KiB"); }

Result<std::uint64_t> parse_rate(std::string_view text) {
  const std::string_view whole = trimmed(text);
  const std::size_t slash = whole.find('/');
  if (slash == std::string_view::npos) {
    return refuse(fmt::format("{} is not a rate, write it like 40MiB/s", quoted(whole)));
  }
  const std::string_view time = trimmed(whole.substr(slash + 1));
  if (time != "s" && time != "s per disk") {
    return refuse(fmt::format("{} is not a rate by the second, write it like 40MiB/s or 40MiB/s per disk",
                              quoted(whole)));
  }
  return parse_bytes(whole.substr(0, slash));
}

std::string format_span(Span span) {
  return format_in(static_cast<std::uint64_t>(std::max(span, Span::zero()).count()), kSpanUnits);
}

std::string format_bytes(std::uint64_t bytes) { return format_in(bytes, std::span(kByteUnits).first(5)); }

std::string quoted(std::string_view text) {
  const bool cut = text.size() > kQuotedMax;
  std::string_view shown = text.substr(0, kQuotedMax);
  while (cut && !shown.empty() && (static_cast<unsigned char>(text[shown.size()]) & 0xC0U) == 0x80U) {
    shown.remove_suffix(1); // never half a character
  }
  std::string out = "'";
  for (const char c : shown) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return out + (cut ? "...'" : "'");
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace migstorm::units
