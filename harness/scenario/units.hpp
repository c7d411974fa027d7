// Numbers with units, as operators write them: "10min", "40GiB", "40MiB/s", "5%", "1/1500". A refusal is a
// sentence that starts with what was found and lists what is accepted.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace migstorm::units {

Result<std::uint64_t> parse_whole(std::string_view text);
Result<double> parse_fraction(std::string_view text); // "5%", "0.05", "1/1500"; never below 0
Result<Span> parse_span(std::string_view text);       // ms, s, min, h, d; decimals are allowed
Result<std::pair<Span, Span>> parse_span_range(std::string_view text); // "2s..10s", or one span
Result<std::uint64_t> parse_bytes(std::string_view text); // B, kB, MB, GB, TB, KiB, MiB, GiB, TiB
Result<std::uint64_t> parse_rate(std::string_view text);  // bytes a second: "40MiB/s", "40MiB/s per disk"

// The largest unit that needs no decimals: "10min", "40GiB".
std::string format_span(Span span);
std::string format_bytes(std::uint64_t bytes);

// In quotes, control characters replaced, cut where it is long: safe for a terminal and a log.
std::string quoted(std::string_view text);

// The nearest of the candidates, or empty when none is near enough to be meant.
template <class Range>
std::string_view nearest(std::string_view text, const Range& candidates);

std::size_t edit_distance(std::string_view left, std::string_view right);

template <class Range>
std::string_view nearest(std::string_view text, const Range& candidates) {
  constexpr std::size_t kLengthMax = 64;
  if (text.size() > kLengthMax) {
    return {};
  }
  // A third of the word may be wrong: "dwel" is "dwell", "via" is not "wmi".
  std::size_t best_distance = text.size() / 3 + 1;
  std::string_view best;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(text, candidate);
    if (distance <= best_distance && (best.empty() || distance < best_distance)) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

} // namespace migstorm::units
