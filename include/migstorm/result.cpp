#include <migstorm/result.hpp>

#include <array>

namespace migstorm {

std::string_view to_string(Errc code) noexcept {
  static constexpr std::array<std::string_view, 15> kNames = {
      "truncated",       "malformed",    "over limit", "unsupported", "transport",
      "unknown outcome", "remote fault", "busy",       "stale",       "too large",
      "not found",       "denied",       "storage",    "timed out",   "cancelled"};
  return kNames.at(static_cast<std::size_t>(code));
}

} // namespace migstorm
