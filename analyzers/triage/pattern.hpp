// Patterns of the rules: * is any run of characters, ? any one; letters match without regard to case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::triage {

bool matches(std::string_view pattern, std::string_view text) noexcept;

// The first pattern that matches; null if none does.
const std::string* first_match(const std::vector<std::string>& patterns, std::string_view text) noexcept;

bool same_word(std::string_view a, std::string_view b) noexcept;

} // namespace migstorm::triage
