#include "harness/report/json.hpp"

#include "tests/support/catch.hpp"

#include <limits>

using migstorm::report::JsonWriter;

namespace {

std::string quoted(std::string_view text) {
  JsonWriter json(JsonWriter::Layout::one_line);
  json.value(text);
  return std::move(json).finish();
}

} // namespace

TEST_CASE("containers nest, and commas stand between members only", "[json]") {
  JsonWriter json(JsonWriter::Layout::one_line);
  json.begin_object().member("a", 1).key("b").begin_array().value(true).null().begin_object().end_object();
  json.end_array().member("c", std::optional<int>()).end_object();
  CHECK(std::move(json).finish() == R"({"a":1,"b":[true,null,{}],"c":null})");
}

TEST_CASE("indented documents put every member on its line, and empty containers on one", "[json]") {
  JsonWriter json;
  json.begin_object().key("a").begin_array().value(1).value(2).end_array();
  json.key("b").begin_array().end_array().end_object();
  CHECK(std::move(json).finish() == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}");
}

TEST_CASE("texts are escaped", "[json][hostile]") {
  using namespace std::string_view_literals;
  CHECK(quoted("C:\\Windows \"x\"") == R"("C:\\Windows \"x\"")");
  CHECK(quoted("a\nb\x00\x1b\x7f"sv) == R"("a\u000ab\u0000\u001b\u007f")");
  CHECK(quoted("Gast-\xC3\xA4-\xF0\x9F\x98\x80") == "\"Gast-\xC3\xA4-\xF0\x9F\x98\x80\"");
}

TEST_CASE("what is no UTF-8 is replaced byte by byte", "[json][hostile]") {
  CHECK(quoted("\xFF") == R"("\ufffd")");
  CHECK(quoted("\xC0\xAF") == R"("\ufffd\ufffd")");                     // overlong
  CHECK(quoted("\xED\xA0\x80") == R"("\ufffd\ufffd\ufffd")");           // a surrogate
  CHECK(quoted("\xF4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")"); // above U+10FFFF
  CHECK(quoted("a\xE2\x82") == R"("a\ufffd\ufffd")");                   // cut
}

TEST_CASE("numbers keep their digits, and what is none becomes null", "[json]") {
  JsonWriter json(JsonWriter::Layout::one_line);
  json.begin_array().value(18446744073709551615U).value(-3).value(0.7124198).value(0.0);
  json.value(std::numeric_limits<double>::quiet_NaN())
      .value(std::numeric_limits<double>::infinity())
      .end_array();
  CHECK(std::move(json).finish() == "[18446744073709551615,-3,0.71242,0,null,null]");
}
