// Small text helpers of the WS-Man layer. Text that came from a host is hostile: it goes through valid_utf8()
// into values and through printable() into errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace migstorm::wsman {

// ASCII without case: WMI compares names of classes, properties and selectors like that.
bool same_name(std::string_view a, std::string_view b) noexcept;
std::string_view trimmed(std::string_view text) noexcept;

// May stand as an element's name in a request: letters, digits, '_', '-', '.', not beginning with a digit,
// '-' or '.'.
bool is_element_name(std::string_view name) noexcept;
// Escapes for element text and for double-quoted attributes alike; what XML 1.0 cannot carry becomes U+FFFD.
void append_escaped(std::string& out, std::string_view text);

// Each byte that is not part of well-formed UTF-8 becomes '?'.
std::string valid_utf8(std::string_view text);
// One line without control characters, trimmed and cut at `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max);

} // namespace migstorm::wsman
