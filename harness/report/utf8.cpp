#include "harness/report/utf8.hpp"

namespace migstorm::report {

namespace {

struct Lead {
  std::size_t size;
  char32_t bits;
  char32_t smallest; // anything below fits a shorter form
};

Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) {
    return {1, byte, 0};
  }
  if ((byte & 0xE0) == 0xC0) {
    return {2, static_cast<char32_t>(byte & 0x1F), 0x80};
  }
  if ((byte & 0xF0) == 0xE0) {
    return {3, static_cast<char32_t>(byte & 0x0F), 0x800};
  }
  if ((byte & 0xF8) == 0xF0) {
    return {4, static_cast<char32_t>(byte & 0x07), 0x10000};
  }
  return {0, 0, 0};
}

} // namespace

CodePoint first_code_point(std::string_view text) noexcept {
  const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
  if (lead.size == 0 || lead.size > text.size()) {
    return {};
  }
  char32_t value = lead.bits;
  for (const char c : text.substr(1, lead.size - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) {
      return {};
    }
    value = (value << 6) | (byte & 0x3F);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead.smallest || value > 0x10FFFF || surrogate) {
    return {};
  }
  return {value, lead.size, true};
}

} // namespace migstorm::report
