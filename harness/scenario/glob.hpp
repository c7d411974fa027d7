// Patterns over names of guests: * for any text, ? for one character, letters without case (ASCII).
#pragma once

#include <string>
#include <string_view>

namespace migstorm {

bool glob_match(std::string_view pattern, std::string_view text) noexcept;

// 1 to 256 characters, none of them a control character.
bool is_glob(std::string_view pattern) noexcept;

bool equal_without_case(std::string_view left, std::string_view right) noexcept;

// A GUID as the management classes write it: upper case, no braces. Empty when the text is none.
std::string canonical_guid(std::string_view text);

} // namespace migstorm
