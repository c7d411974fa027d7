#include "harness/scenario/units.hpp"

#include "tests/support/catch.hpp"

#include <limits>

namespace migstorm::units {
namespace {

using namespace std::chrono_literals;

TEST_CASE("times carry their unit", "[units]") {
  const auto [text, wanted] = GENERATE(table<std::string, Span>({{"250ms", 250ms},
                                                                 {"2s", 2s},
                                                                 {"1.5s", 1500ms},
                                                                 {"10min", 10min},
                                                                 {"10 min", 10min},
                                                                 {"8h", 8h},
                                                                 {"3d", 72h},
                                                                 {"0s", 0s}}));
  CAPTURE(text);
  const auto parsed = parse_span(text);
  REQUIRE(parsed);
  CHECK(*parsed == wanted);
}

TEST_CASE("a time that is none is refused with what would be one", "[units][hostile]") {
  CHECK(parse_span("10").error().detail == "'10' has no unit, use ms, s, min, h or d");
  CHECK(parse_span("10m").error().detail == "unknown unit 'm' in '10m', use ms, s, min, h or d");
  CHECK(parse_span("-1s").error().detail == "'-1s' is negative");
  CHECK(parse_span("").error().detail == "'' is not a number with a unit, write it like 90s");
  CHECK_FALSE(parse_span("1.2.3s"));
  CHECK_FALSE(parse_span(".s"));
  CHECK_FALSE(parse_span("1e3s"));
  CHECK_FALSE(parse_span("0.0000000001s"));
}

TEST_CASE("no number grows past 63 bits", "[units][hostile]") {
  const auto text = GENERATE("9223372036854775808B", "8388608TiB", "99999999999999999999B", "106752d",
                             "8388607.9999999999TiB");
  CAPTURE(text);
  CHECK_FALSE(parse_bytes(text));
  CHECK_FALSE(parse_span(text));
  CHECK(parse_bytes("9223372036854775807B"));
  CHECK_FALSE(parse_whole("9223372036854775808"));
}

TEST_CASE("sizes know powers of 1024 and of 1000", "[units]") {
  CHECK(*parse_bytes("64KiB") == 65'536);
  CHECK(*parse_bytes("64kB") == 64'000);
  CHECK(*parse_bytes("1.5GiB") == 1'610'612'736);
  CHECK(*parse_bytes("40 GiB") == 40ULL << 30);
  CHECK(parse_bytes("40GIB").error().detail ==
        "unknown unit 'GIB' in '40GIB', use B, KiB, MiB, GiB, TiB, kB, MB, GB or TB");
}

TEST_CASE("rates are by the second", "[units]") {
  CHECK(*parse_rate("40MiB/s") == 40ULL << 20);
  CHECK(*parse_rate("40MiB/s per disk") == 40ULL << 20);
  CHECK(parse_rate("40MiB").error().detail == "'40MiB' is not a rate, write it like 40MiB/s");
  CHECK_FALSE(parse_rate("40MiB/min"));
  CHECK_FALSE(parse_rate("/s"));
}

TEST_CASE("shares are written in three ways", "[units]") {
  CHECK(*parse_fraction("5%") == Approx(0.05));
  CHECK(*parse_fraction("0.05") == Approx(0.05));
  CHECK(*parse_fraction("1/1500") == Approx(1.0 / 1500));
  CHECK_FALSE(parse_fraction("1/0"));
  CHECK_FALSE(parse_fraction("-1%"));
  CHECK_FALSE(parse_fraction("nan"));
  CHECK_FALSE(parse_fraction("inf"));
  CHECK_FALSE(parse_fraction("%"));
}

TEST_CASE("a range runs forwards", "[units]") {
  CHECK(*parse_span_range("2s..10s") == std::pair<Span, Span>(2s, 10s));
  CHECK(*parse_span_range("5s") == std::pair<Span, Span>(5s, 5s));
  CHECK(parse_span_range("10s..2s").error().detail == "'10s..2s' runs backwards, write 2s..10s");
  CHECK_FALSE(parse_span_range("2s.."));
  CHECK_FALSE(parse_span_range("..2s"));
}

TEST_CASE("what is written is read back the same", "[units]") {
  const auto value = GENERATE(std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{512}, std::uint64_t{1536},
                              std::uint64_t{40} << 30, std::uint64_t{5} << 40);
  CHECK(*parse_bytes(format_bytes(value)) == value);
  const Span span(static_cast<Span::rep>(value) * 1'000'000);
  CHECK(*parse_span(format_span(span)) == span);
}

TEST_CASE("quoted text is short and has no control characters", "[units][hostile]") {
  CHECK(quoted("a\x1b[31mb\nc") == "'a?[31mb?c'");
  CHECK(quoted(std::string(5000, 'x')).size() < 80);
  const std::string wide = std::string(59, 'x') + "\xc3\xa4" + "yz"; // the cut falls into a character
  CHECK(quoted(wide) == "'" + std::string(59, 'x') + "...'");
}

TEST_CASE("a suggestion is near or not made", "[units]") {
  const std::vector<std::string_view> words = {"dwell", "count", "route", "via"};
  CHECK(nearest("dwel", words) == "dwell");
  CHECK(nearest("roote", words) == "route");
  CHECK(nearest("concurrency", words).empty());
  CHECK(nearest(std::string(100'000, 'd'), words).empty());
}

} // namespace
} // namespace migstorm::units
