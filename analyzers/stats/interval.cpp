#include "analyzers/stats/interval.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <cassert>

namespace migstorm::stats {

namespace {

// In double throughout: the long double of other machines would give other last digits.
using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

double beta_quantile(std::uint64_t a, std::uint64_t b, double probability) {
  return boost::math::ibeta_inv(static_cast<double>(a), static_cast<double>(b), probability, Policy());
}

// The bounds that the true probability crosses with probability `tail` on either side.
double lower_bound(std::uint64_t events, std::uint64_t trials, double tail) {
  return events == 0 ? 0.0 : beta_quantile(events, trials - events + 1, tail);
}

double upper_bound(std::uint64_t events, std::uint64_t trials, double tail) {
  return events == trials ? 1.0 : beta_quantile(events + 1, trials - events, 1 - tail);
}

} // namespace

Interval clopper_pearson(std::uint64_t events, std::uint64_t trials, double confidence) {
  assert(events <= trials);
  assert(confidence > 0 && confidence < 1);
  const double tail = (1 - confidence) / 2;
  return {lower_bound(events, trials, tail), upper_bound(events, trials, tail)};
}

double upper_limit(std::uint64_t events, std::uint64_t trials, double confidence) {
  assert(events <= trials);
  assert(confidence > 0 && confidence < 1);
  return upper_bound(events, trials, 1 - confidence);
}

double per_thousand(std::uint64_t events, std::uint64_t trials) noexcept {
  assert(trials > 0);
  return 1000 * static_cast<double>(events) / static_cast<double>(trials);
}

} // namespace migstorm::stats
