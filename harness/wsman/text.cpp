#include "harness/wsman/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace migstorm::wsman {

namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_letter(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr std::uint8_t byte(char c) noexcept { return static_cast<std::uint8_t>(c); }

bool is_ascii(std::string_view text) noexcept {
  std::uint8_t all = 0; // without a way out of the loop, so that it is done many bytes at a time
  for (const char c : text) {
    all |= byte(c);
  }
  return all < 0x80;
}

// Length of the well-formed sequence at the front of `text`, 0 if there is none (RFC 3629, table of section
// 4).
std::size_t sequence_length(std::string_view text) noexcept {
  const std::uint8_t lead = byte(text[0]);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return 0;
  }
  // The second byte alone rules out overlong forms, surrogates and values above U+10FFFF.
  const std::uint8_t second = byte(text[1]);
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) {
    return 0;
  }
  const std::string_view rest = text.substr(2, length - 2);
  return std::all_of(rest.begin(), rest.end(), [](char c) { return (byte(c) & 0xC0) == 0x80; }) ? length : 0;
}

// Of a character that cannot stand for itself.
std::string_view escape(char c) noexcept {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\t':
    return "&#9;"; // as a character it would become a space in an attribute
  case '\n':
    return "&#10;";
  case '\r':
    return "&#13;";
  default:
    return "\xEF\xBF\xBD";
  }
}

constexpr std::array<bool, 256> mark_escaped() noexcept {
  std::array<bool, 256> marks{};
  for (std::size_t i = 0; i < 0x20; ++i) {
    marks[i] = true;
  }
  for (const char c : {'&', '<', '>', '"'}) {
    marks[byte(c)] = true;
  }
  return marks;
}

constexpr std::array<bool, 256> kEscaped = mark_escaped();

} // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_element_name(std::string_view name) noexcept {
  const auto inner = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; };
  return !name.empty() && (is_letter(name.front()) || name.front() == '_') &&
         std::all_of(name.begin(), name.end(), inner);
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kEscaped[byte(text[i])]) {
      out.append(text, copied, i - copied).append(escape(text[i]));
      copied = i + 1;
    }
  }
  out.append(text, copied);
}

std::string valid_utf8(std::string_view text) {
  std::string out(text);
  if (is_ascii(text)) { // nearly all of it
    return out;
  }
  for (std::size_t i = 0; i < out.size();) {
    const std::size_t length = sequence_length(std::string_view(out).substr(i));
    if (length == 0) {
      out[i] = '?';
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string out;
  bool gap = false; // runs of spaces and control characters become one space
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    const std::string_view piece = length == 0 ? std::string_view("?") : text.substr(i, length);
    // C1 controls (U+0080 to U+009F) steer terminals as well.
    const bool control =
        byte(piece[0]) <= 0x20 || piece[0] == 0x7F || (piece[0] == '\xC2' && byte(piece[1]) < 0xA0);
    i += std::max<std::size_t>(length, 1);
    if (control) {
      gap = !out.empty();
      continue;
    }
    if (out.size() + piece.size() + (gap ? 1 : 0) > bytes_max) {
      break;
    }
    if (gap) {
      out += ' ';
      gap = false;
    }
    out += piece;
  }
  return out;
}

} // namespace migstorm::wsman
