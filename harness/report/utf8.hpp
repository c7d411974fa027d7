// Text that hosts and guests had a say in, one character at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace migstorm::report {

struct CodePoint {
  char32_t value = 0xFFFD; // the replacement character where the bytes are no UTF-8
  std::size_t size = 1;    // bytes taken
  bool valid = false;
};

// The first character; `text` must not be empty. Overlong forms, surrogates and cut sequences are invalid and
// take one byte each.
CodePoint first_code_point(std::string_view text) noexcept;

} // namespace migstorm::report
