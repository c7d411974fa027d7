#include "analyzers/triage/place.hpp"

#include "analyzers/triage/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::triage {

std::string Place::key() const { return in_module() ? module + '!' + function : std::string(); }

std::string Place::text() const {
  if (!in_module()) {
    return {};
  }
  if (!named()) {
    return fmt::format("{}+{:#x}", module, rva);
  }
  return offset == 0 ? fmt::format("{}!{}", module, function)
                     : fmt::format("{}!{}+{:#x}", module, function, offset);
}

std::string short_module_name(std::string_view file_name) {
  constexpr std::array<std::string_view, 4> kKernels = {"ntoskrnl", "ntkrnlmp", "ntkrnlpa", "ntkrpamp"};
  const std::string_view stem = file_name.substr(0, file_name.rfind('.'));
  const bool kernel = std::any_of(kKernels.begin(), kKernels.end(),
                                  [stem](std::string_view name) { return same_word(name, stem); });
  return kernel ? "nt" : std::string(stem);
}

} // namespace migstorm::triage
