#include "analyzers/stats/interval.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <vector>

using namespace migstorm::stats;

namespace {

// P(X <= k) for X ~ binomial(n, p), summed term by term: an independent way to the same bounds.
double binomial_cdf(int k, int n, double p) {
  double sum = 0;
  for (int i = 0; i <= k; ++i) {
    const double choose = std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0);
    sum += std::exp(choose + i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return sum;
}

} // namespace

TEST_CASE("the exact interval agrees with published values", "[stats]") {
  struct Row {
    std::uint64_t events, trials;
    double confidence, low, high;
  };
  // Clopper-Pearson as R's binom.test prints it, and closed forms where there are any.
  const auto row = GENERATE(values<Row>({
      {0, 10, 0.95, 0.0, 0.3084971},
      {1, 10, 0.95, 0.002528579, 0.4450161},
      {5, 10, 0.95, 0.1870860, 0.8129140},
      {10, 10, 0.95, 0.6915029, 1.0},
      {682, 925, 0.95, 0.7076683, 0.7654066},
      {0, 2995, 0.95, 0.0, 0.0012309},
      {0, 10, 0.99, 0.0, 0.4113},
  }));
  const Interval interval = clopper_pearson(row.events, row.trials, row.confidence);
  CHECK(interval.low == Approx(row.low).epsilon(1e-4));
  CHECK(interval.high == Approx(row.high).epsilon(1e-4));
}

TEST_CASE("each bound leaves exactly half of the remaining probability outside", "[stats]") {
  const auto [events, trials, confidence] = GENERATE(table<int, int, double>(
      {{3, 4211, 0.95}, {1, 12000, 0.9}, {7, 50, 0.99}, {2, 3, 0.8}, {40, 8000, 0.95}}));
  const Interval interval =
      clopper_pearson(static_cast<std::uint64_t>(events), static_cast<std::uint64_t>(trials), confidence);
  const double tail = (1 - confidence) / 2;
  CHECK(1 - binomial_cdf(events - 1, trials, interval.low) == Approx(tail).epsilon(1e-6));
  CHECK(binomial_cdf(events, trials, interval.high) == Approx(tail).epsilon(1e-6));
}

TEST_CASE("the one-sided limit without events is the rule of three", "[stats]") {
  CHECK(upper_limit(0, 2995) == Approx(0.001).epsilon(1e-3)); // the first n that excludes 1 in 1,000
  CHECK(upper_limit(0, 8986) == Approx(1.0 / 3000).epsilon(1e-3));
  CHECK(upper_limit(0, 459, 0.99) == Approx(0.01).epsilon(2e-3));
  CHECK(upper_limit(3, 3) == 1.0);
}

TEST_CASE("nothing tried means nothing known", "[stats]") {
  const Interval interval = clopper_pearson(0, 0);
  CHECK(interval.low == 0.0);
  CHECK(interval.high == 1.0);
  CHECK(upper_limit(0, 0) == 1.0);
}

TEST_CASE("rates are told per thousand", "[stats]") {
  CHECK(per_thousand(3, 4211) == Approx(0.712420).epsilon(1e-5));
  CHECK(per_thousand(0, 1) == 0.0);
}
