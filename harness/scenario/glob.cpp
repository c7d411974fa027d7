#include "harness/scenario/glob.hpp"

#include <algorithm>

namespace migstorm {
namespace {

// Not std::tolower: it asks the locale.
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_hex(char c) noexcept {
  const char l = lower(c);
  return (l >= '0' && l <= '9') || (l >= 'a' && l <= 'f');
}

// Past one character of UTF-8.
std::size_t next_character(std::string_view text, std::size_t at) noexcept {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
    ++at;
  }
  return at;
}

} // namespace

// Only the last * is ever taken back: the cost is the product of the lengths at most.
bool glob_match(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_end = 0; // where the text goes on behind what the * has taken
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = next_character(text, t);
    } else if (p < pattern.size() && lower(pattern[p]) == lower(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = star_end = next_character(text, star_end);
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_glob(std::string_view pattern) noexcept {
  constexpr std::size_t kLengthMax = 256;
  return !pattern.empty() && pattern.size() <= kLengthMax &&
         std::none_of(pattern.begin(), pattern.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(),
                                                   [](char a, char b) { return lower(a) == lower(b); });
}

std::string canonical_guid(std::string_view text) {
  constexpr std::string_view kForm = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  if (text.starts_with('{') && text.ends_with('}')) {
    text = text.substr(1, text.size() - 2);
  }
  const bool fits =
      text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(),
                                                [](char c, char f) { return f == 'h' ? is_hex(c) : c == f; });
  if (!fits) {
    return {};
  }
  std::string guid(text);
  for (char& c : guid) {
    c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return guid;
}

} // namespace migstorm
