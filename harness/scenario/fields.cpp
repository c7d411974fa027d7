#include "harness/scenario/fields.hpp"

#include "harness/scenario/glob.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace migstorm {

std::string read_short_text(const yaml::Node& node, std::string_view fallback, std::size_t most) {
  std::string text = node.text(fallback);
  if (!node.is_scalar()) {
    return text;
  }
  if (text.empty() || text.size() > most) {
    node.error(fmt::format("{} bytes of text, use 1 to {}", text.size(), most));
  } else if (std::any_of(text.begin(), text.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    node.error("has a control character in it"); // not repeated: it may be a secret
  }
  return text;
}

std::string read_name(const yaml::Node& node) {
  std::string name = node.text();
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (node.is_scalar() && (name.empty() || name.size() > 64 || !plain || name.front() == '.')) {
    node.error(
        fmt::format("{} is not a name, use 1 to 64 letters, digits, '-', '_' and '.'", units::quoted(name)));
  }
  return name;
}

std::string read_pattern(const yaml::Node& node, std::string_view fallback) {
  std::string pattern = node.text(fallback);
  if (node.is_scalar() && !is_glob(pattern)) {
    node.error(fmt::format("{} is not a pattern of names, use 1 to 256 characters with * and ?",
                           units::quoted(pattern)));
  }
  return pattern;
}

std::vector<yaml::Node> read_some(const yaml::Node& node, std::size_t most) {
  auto items = node.list();
  if (node.is_list() && items.empty()) {
    node.error("an empty list, leave the key out");
  }
  if (items.size() > most) {
    node.error(fmt::format("{} entries, at most {}", items.size(), most));
    items.clear();
  }
  return items;
}

} // namespace migstorm
