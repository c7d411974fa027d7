// Writes JSON (RFC 8259), with correct escaping whatever the text: invalid UTF-8 becomes U+FFFD.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::report {

class JsonWriter {
public:
  enum class Layout : std::uint8_t { indented, one_line };

  explicit JsonWriter(Layout layout = Layout::indented) : layout_(layout) {}

  // A key names the next value or container; inside arrays there are none.
  JsonWriter& key(std::string_view name);
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  template <std::integral T>
  JsonWriter& value(T number) {
    if constexpr (std::same_as<T, bool>) {
      return raw(number ? "true" : "false");
    } else {
      return raw(std::to_string(number));
    }
  }
  JsonWriter& value(double number); // six significant digits; what is no number becomes null
  JsonWriter& null() { return raw("null"); }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  // Absent where the text is empty.
  JsonWriter& text_or_null(std::string_view text) { return text.empty() ? null() : value(text); }
  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  // The document; every container must have been closed.
  std::string finish() &&;

private:
  struct Level {
    bool empty = true;
  };

  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view text);
  void separate();
  void new_line();
  void quote(std::string_view text);

  std::string out_;
  std::vector<Level> levels_;
  Layout layout_;
  bool after_key_ = false;
};

} // namespace migstorm::report
