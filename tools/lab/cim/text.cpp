#include "tools/lab/cim/text.hpp"

#include "tools/lab/cim/cim_xml.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace migstorm::lab::cim {

namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || text.empty()) {
    return std::nullopt;
  }
  return number;
}

template <class Number>
std::optional<Scalar> ranged(std::optional<Number> number, Number low, Number high) {
  if (!number || *number < low || *number > high) {
    return std::nullopt;
  }
  return Scalar(*number);
}

template <class Narrow>
std::optional<Scalar> number_of(std::string_view text) {
  using Limits = std::numeric_limits<Narrow>;
  if constexpr (Limits::is_signed) {
    return ranged<std::int64_t>(parse_signed(text), Limits::min(), Limits::max());
  } else {
    return ranged<std::uint64_t>(parse_unsigned(text), Limits::min(), Limits::max());
  }
}

std::optional<Scalar> boolean_of(std::string_view text) {
  if (iequals(text, "true") || text == "1") {
    return Scalar(true);
  }
  if (iequals(text, "false") || text == "0") {
    return Scalar(false);
  }
  return std::nullopt;
}

template <class T>
std::optional<Scalar> as_scalar(std::optional<T> value) {
  return value ? std::optional<Scalar>(Scalar(std::move(*value))) : std::nullopt;
}

struct TextOf {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(std::uint64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Datetime& value) const { return to_cim_text(value); }
  std::string operator()(const Interval& value) const { return to_cim_text(value); }
  std::string operator()(const ObjectPath& value) const { return format_path(value); }
  std::string operator()(const InstancePtr& value) const {
    return value ? to_cim_xml(*value) : std::string();
  }
};

} // namespace

int icompare(std::string_view a, std::string_view b) noexcept {
  const auto common = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < common; ++i) {
    const auto x = static_cast<unsigned char>(lower(a[i]));
    const auto y = static_cast<unsigned char>(lower(b[i]));
    if (x != y) {
      return x < y ? -1 : 1;
    }
  }
  return a.size() == b.size() ? 0 : (a.size() < b.size() ? -1 : 1);
}

bool iequals(std::string_view a, std::string_view b) noexcept {
  // Backwards: paths and numbered names differ at their ends.
  return a.size() == b.size() && std::equal(a.rbegin(), a.rend(), b.rbegin(),
                                            [](char x, char y) { return x == y || lower(x) == lower(y); });
}

bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view type_name(Type type) noexcept {
  switch (type) {
  case Type::boolean:
    return "boolean";
  case Type::uint8:
    return "uint8";
  case Type::sint8:
    return "sint8";
  case Type::uint16:
    return "uint16";
  case Type::sint16:
    return "sint16";
  case Type::uint32:
    return "uint32";
  case Type::sint32:
    return "sint32";
  case Type::uint64:
    return "uint64";
  case Type::sint64:
    return "sint64";
  case Type::datetime:
  case Type::interval:
    return "datetime"; // CIM has one type for both
  case Type::reference:
    return "reference";
  case Type::string:
  case Type::object:
    break;
  }
  return "string";
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept {
  return parse_number<std::uint64_t>(text);
}

std::optional<std::int64_t> parse_signed(std::string_view text) noexcept {
  return parse_number<std::int64_t>(text);
}

std::string to_text(const Scalar& value) { return std::visit(TextOf{}, value); }

std::optional<Scalar> from_text(Type type, std::string_view text) {
  if (type == Type::string) {
    return Scalar(std::string(text));
  }
  text = trim(text);
  switch (type) {
  case Type::boolean:
    return boolean_of(text);
  case Type::uint8:
    return number_of<std::uint8_t>(text);
  case Type::sint8:
    return number_of<std::int8_t>(text);
  case Type::uint16:
    return number_of<std::uint16_t>(text);
  case Type::sint16:
    return number_of<std::int16_t>(text);
  case Type::uint32:
    return number_of<std::uint32_t>(text);
  case Type::sint32:
    return number_of<std::int32_t>(text);
  case Type::uint64:
    return number_of<std::uint64_t>(text);
  case Type::sint64:
    return number_of<std::int64_t>(text);
  case Type::datetime:
    return as_scalar(parse_datetime(text));
  case Type::interval:
    return as_scalar(parse_interval(text));
  case Type::reference:
    return as_scalar(parse_path(text));
  case Type::string:
  case Type::object:
    break;
  }
  return std::nullopt;
}

void append_xml_escaped(std::string& out, std::string_view text) {
  std::size_t plain = 0; // start of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::string_view escape;
    if (c < 0x20 && c != '\t' && c != '\n') {
      escape = c == '\r' ? "&#13;" : "\xEF\xBF\xBD"; // the others have no form in XML 1.0
    } else if (c == '&') {
      escape = "&amp;";
    } else if (c == '<') {
      escape = "&lt;";
    } else if (c == '>') {
      escape = "&gt;";
    } else if (c == '"') {
      escape = "&quot;";
    } else {
      continue;
    }
    out.append(text, plain, i - plain).append(escape);
    plain = i + 1;
  }
  out.append(text, plain);
}

} // namespace migstorm::lab::cim
