#include "tools/lab/engine/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {

std::string lower(std::string_view text) {
  std::string copy(text);
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return copy;
}

std::string upper(std::string_view text) {
  std::string copy(text);
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
  return copy;
}

std::string hex_text(std::uint64_t value) { return fmt::format("0x{:x}", value); }

bool on_shared_volume(std::string_view path) { return lower(path).starts_with("c:\\clusterstorage\\"); }

bool shared_path(std::string_view path) { return path.starts_with("\\\\") || on_shared_volume(path); }

} // namespace migstorm::lab
