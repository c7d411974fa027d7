#include "harness/hyperv/names.hpp"

#include "harness/wsman/text.hpp"

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kGuidSize = 36;

bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_guid(std::string_view text) noexcept {
  if (text.size() != kGuidSize) {
    return false;
  }
  for (std::size_t i = 0; i < kGuidSize; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) {
      return false;
    }
  }
  return true;
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

} // namespace

std::optional<std::string> to_guid(std::string_view text) {
  text = wsman::trimmed(text);
  if (text.starts_with('{') && text.ends_with('}')) {
    text = text.substr(1, text.size() - 2);
  }
  return is_guid(text) ? std::optional(upper_case(text)) : std::nullopt;
}

std::optional<std::string> find_guid(std::string_view text) {
  for (std::size_t dash = text.find('-', 8); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    const std::string_view candidate = text.substr(dash - 8, kGuidSize);
    if (is_guid(candidate)) {
      return upper_case(candidate);
    }
  }
  return std::nullopt;
}

std::optional<std::string> guid_of_instance(std::string_view instance_id) {
  constexpr std::string_view kPrefix = "Microsoft:";
  if (!wsman::same_name(instance_id.substr(0, kPrefix.size()), kPrefix)) {
    return std::nullopt;
  }
  instance_id.remove_prefix(kPrefix.size());
  return to_guid(instance_id.substr(0, instance_id.find('\\')));
}

std::optional<std::string> instance_id_of_path(std::string_view path) {
  constexpr std::string_view kKey = "instanceid=\"";
  const std::size_t key = to_lower(path).find(kKey);
  if (key == std::string_view::npos) {
    return std::nullopt;
  }
  std::string id;
  for (std::size_t i = key + kKey.size(); i < path.size(); ++i) {
    if (path[i] == '"') {
      return id;
    }
    if (path[i] == '\\' && i + 1 < path.size()) {
      ++i;
    }
    id += path[i];
  }
  return std::nullopt; // the closing quote is missing
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view first_label(std::string_view machine_name) noexcept {
  return machine_name.substr(0, machine_name.find('.'));
}

std::string quote_wql(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') {
      out += '\\';
    }
    out += c;
  }
  return out += '\'';
}

} // namespace migstorm::hyperv
