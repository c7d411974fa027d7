// xoshiro256** (Blackman and Vigna, 2018) with draws of our own: standard distributions differ between
// libraries, and a seed must mean the same run everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace migstorm {

class Random {
public:
  Random(std::uint64_t seed, std::string_view subsystem) noexcept {
    std::uint64_t x = seed ^ 0x9e3779b97f4a7c15;
    for (const char c : subsystem) { // FNV-1a over the name
      x = (x ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    for (auto& word : state_) { // splitmix64
      x += 0x9e3779b97f4a7c15;
      std::uint64_t z = x;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() noexcept {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound); bound 0 gives 0. Rejection keeps it exact.
  std::uint64_t below(std::uint64_t bound) noexcept {
    if (bound == 0) {
      return 0;
    }
    const std::uint64_t threshold = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t draw = next();
      if (draw >= threshold) {
        return draw % bound;
      }
    }
  }
  // Uniform in [low, high], both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  // Uniform in [0, 1) with 53 bits.
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) noexcept { return unit() < probability; }

private:
  static std::uint64_t rotate(std::uint64_t x, int k) noexcept { return (x << k) | (x >> (64 - k)); }
  std::array<std::uint64_t, 4> state_{};
};

} // namespace migstorm
