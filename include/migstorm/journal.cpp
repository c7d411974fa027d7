#include <migstorm/journal.hpp>

namespace migstorm {

std::string_view to_string(StepState state) noexcept {
  switch (state) {
  case StepState::planned:
    return "planned";
  case StepState::intended:
    return "intended";
  case StepState::completed:
    return "completed";
  case StepState::failed:
    return "failed";
  case StepState::unknown:
    return "unknown";
  case StepState::skipped:
    break;
  }
  return "skipped";
}

} // namespace migstorm
