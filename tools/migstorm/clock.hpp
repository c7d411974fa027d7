// Clocks of the simulated cluster: the runtime's own, or one that every process derives from real time alike.
#pragma once

#include "tools/lab/lab.hpp"

#include <migstorm/runtime.hpp>

#include <chrono>
#include <cstdint>

namespace migstorm {

// Civil time of a cluster whose clock runs `factor` times real time. A pure function of real time, so that a
// lab and a harness in different processes agree: scaled from the beginning of the month of `real`.
CivilTime scaled_civil(CivilTime real, std::uint32_t factor);

// Lockstep and simulation: the lab reads the clock of the harness.
class RuntimeClock final : public lab::LabClock {
public:
  explicit RuntimeClock(const Runtime& runtime) noexcept : runtime_(&runtime) {}
  Instant now() const noexcept override { return runtime_->now(); }
  CivilTime epoch() const noexcept override { return runtime_->epoch(); }

private:
  const Runtime* runtime_;
};

// A lab that is served alone.
class ScaledClock final : public lab::LabClock {
public:
  ScaledClock(std::uint32_t factor, Instant start)
      : factor_(factor), start_(start),
        epoch_(scaled_civil(std::chrono::system_clock::now(), factor) - start),
        begun_(std::chrono::steady_clock::now()) {}
  Instant now() const noexcept override {
    return start_ + (std::chrono::steady_clock::now() - begun_) * factor_;
  }
  CivilTime epoch() const noexcept override { return epoch_; }

private:
  std::uint32_t factor_;
  Instant start_;
  CivilTime epoch_;
  std::chrono::steady_clock::time_point begun_;
};

} // namespace migstorm
