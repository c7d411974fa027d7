#include "harness/report/json.hpp"

#include "harness/report/utf8.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

namespace migstorm::report {

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_ += layout_ == Layout::indented ? ": " : ":";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  return std::isfinite(number) ? raw(fmt::format("{:.6g}", number)) : null();
}

std::string JsonWriter::finish() && {
  assert(levels_.empty() && !after_key_);
  return std::move(out_);
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  levels_.push_back({});
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  assert(!levels_.empty() && !after_key_);
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) {
    new_line();
  }
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

// What stands between the previous thing and this one.
void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) {
    return;
  }
  if (!levels_.back().empty) {
    out_ += ',';
  }
  levels_.back().empty = false;
  new_line();
}

void JsonWriter::new_line() {
  if (layout_ == Layout::indented) {
    out_ += '\n';
    out_.append(2 * levels_.size(), ' ');
  }
}

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (!next.valid) {
      out_ += "\\ufffd";
    } else if (next.value == '"' || next.value == '\\') {
      out_ += '\\';
      out_ += text.front();
    } else if (next.value < 0x20 || (next.value >= 0x7F && next.value < 0xA0)) {
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(next.value));
    } else {
      out_ += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
  out_ += '"';
}

} // namespace migstorm::report
