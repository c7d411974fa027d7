// Exact statements about a probability from k events in n trials. No normal approximation: at the rates of
// interest (a few events in thousands of trials) it is wrong.
#pragma once

#include <cstdint>

namespace migstorm::stats {

struct Interval {
  double low = 0;
  double high = 1;
};

// The two-sided interval of Clopper and Pearson (Biometrika 26, 1934): from the quantiles of the beta
// distribution, so that it covers the true probability in at least `confidence` of all experiments.
// No trials: [0, 1]. Events must not exceed trials; confidence lies between 0 and 1, ends excluded.
Interval clopper_pearson(std::uint64_t events, std::uint64_t trials, double confidence = 0.95);

// The one-sided upper limit of the same construction: for "the rate is below X". With no events in many
// trials it is about 3 / trials at 95 % (the rule of three).
double upper_limit(std::uint64_t events, std::uint64_t trials, double confidence = 0.95);

// Events per 1,000 trials; trials must not be 0.
double per_thousand(std::uint64_t events, std::uint64_t trials) noexcept;

} // namespace migstorm::stats
