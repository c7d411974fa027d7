// Object paths as text: \\HOST\root\virtualization\v2:Class.Key="value",Other="value". Host and namespace may
// be missing; values are in double or single quotes, where a backslash takes the next character as it is, or
// bare.
#include "tools/lab/cim/model.hpp"
#include "tools/lab/cim/text.hpp"

#include <algorithm>

namespace migstorm::lab::cim {

namespace {

constexpr std::size_t kPathBytesMax = 8192;
constexpr std::size_t kKeysMax = 32;

bool is_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view take_name(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_char);
  const auto name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(name.size());
  return name;
}

// The value behind '=': quoted, or bare up to the next comma.
bool take_value(std::string_view& rest, std::string& value) {
  if (rest.empty()) {
    return false;
  }
  const char quote = rest.front();
  if (quote != '"' && quote != '\'') {
    const auto end = std::min(rest.find(','), rest.size());
    value = trim(rest.substr(0, end));
    rest.remove_prefix(end);
    return !value.empty();
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == quote) {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) {
      ++i;
    }
    value += rest[i];
  }
  return false; // the quote never closes
}

bool take_keys(std::string_view rest, std::vector<Key>& keys) {
  for (;;) {
    rest = trim(rest);
    const auto name = take_name(rest);
    rest = trim(rest);
    if (name.empty() || rest.empty() || rest.front() != '=' || keys.size() == kKeysMax) {
      return false;
    }
    rest = trim(rest.substr(1));
    Key key{std::string(name), {}};
    if (!take_value(rest, key.value)) {
      return false;
    }
    keys.push_back(std::move(key));
    rest = trim(rest);
    if (rest.empty()) {
      return true;
    }
    if (rest.front() != ',') {
      return false;
    }
    rest.remove_prefix(1);
  }
}

// "\\HOST\ns\ns" or "ns\ns": what stands before the colon.
bool take_place(std::string_view place, ObjectPath& path) {
  const auto is_slash = [](char c) { return c == '\\' || c == '/'; };
  if (place.size() >= 2 && is_slash(place[0]) && is_slash(place[1])) {
    place.remove_prefix(2);
    const auto end = std::find_if(place.begin(), place.end(), is_slash);
    if (end == place.end() || end == place.begin()) {
      return false;
    }
    path.host.assign(place.begin(), end);
    place.remove_prefix(path.host.size() + 1);
  }
  path.ns.assign(place);
  for (auto& c : path.ns) {
    if (!is_name_char(c) && !is_slash(c) && c != '-') {
      return false;
    }
    c = is_slash(c) ? '/' : (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  }
  return !path.ns.empty() && path.ns.front() != '/';
}

} // namespace

std::string format_path(const ObjectPath& path) {
  std::string out;
  if (!path.host.empty()) {
    out += "\\\\" + path.host + '\\';
  }
  if (!path.ns.empty()) {
    const auto start = out.size();
    out += path.ns;
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), '/', '\\');
    out += ':';
  }
  out += path.class_name;
  if (path.keys.empty()) {
    return out + "=@"; // how WMI names the only instance of a class without keys
  }
  char separator = '.';
  for (const auto& key : path.keys) {
    out += separator + key.name + "=\"";
    for (const char c : key.value) {
      if (c == '"' || c == '\\') {
        out += '\\';
      }
      out += c;
    }
    out += '"';
    separator = ',';
  }
  return out;
}

std::optional<ObjectPath> parse_path(std::string_view text) {
  text = trim(text);
  if (text.size() > kPathBytesMax) {
    return std::nullopt;
  }
  ObjectPath path;
  // A colon behind the class belongs to a key's value ("Microsoft:...").
  const auto colon = text.find(':');
  if (colon < std::min(text.find('.'), text.find('=')) || (colon != text.npos && text.starts_with("\\\\"))) {
    if (!take_place(text.substr(0, colon), path)) {
      return std::nullopt;
    }
    text.remove_prefix(colon + 1);
  }
  path.class_name = take_name(text);
  if (path.class_name.empty()) {
    return std::nullopt;
  }
  if (text.empty() || text == "=@") {
    return path;
  }
  if (text.front() == '=') { // Class="value": the only key, unnamed
    text.remove_prefix(1);
    Key key;
    if (!take_value(text, key.value) || !text.empty()) {
      return std::nullopt;
    }
    path.keys.push_back(std::move(key));
    return path;
  }
  if (text.front() != '.' || !take_keys(text.substr(1), path.keys)) {
    return std::nullopt;
  }
  return path;
}

bool same_object(const ObjectPath& a, const ObjectPath& b) {
  const auto differ = [](std::string_view x, std::string_view y) {
    return !x.empty() && !y.empty() && !iequals(x, y);
  };
  if (!iequals(a.class_name, b.class_name) || differ(a.ns, b.ns) || differ(a.host, b.host)) {
    return false;
  }
  if (a.keys.size() == 1 && b.keys.size() == 1 && (a.keys[0].name.empty() || b.keys[0].name.empty())) {
    return iequals(a.keys[0].value, b.keys[0].value);
  }
  for (const auto& key : a.keys) {
    const auto* other = b.find(key.name);
    if (other != nullptr && !iequals(*other, key.value)) {
      return false;
    }
  }
  return true;
}

} // namespace migstorm::lab::cim
