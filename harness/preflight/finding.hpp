// What a check of a cluster found: the good as well as the bad, one finding for each check and subject.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm::preflight {

enum class Severity : std::uint8_t { ok, note, warning, error, unknown };
std::string_view to_string(Severity severity) noexcept;

struct Finding {
  std::string check; // "connection"
  Severity severity = Severity::unknown;
  std::string subject; // host or guest
  std::string seen;    // what was found
  std::string why;     // what it means for a run; empty where all is well
  std::string fix;     // what the operator can do; empty where there is nothing to do
};

} // namespace migstorm::preflight
