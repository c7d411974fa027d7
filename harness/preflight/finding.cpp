#include "harness/preflight/finding.hpp"

namespace migstorm::preflight {

std::string_view to_string(Severity severity) noexcept {
  constexpr std::string_view kWords[] = {"ok", "note", "warning", "error", "unknown"};
  return kWords[static_cast<std::size_t>(severity)];
}

} // namespace migstorm::preflight
