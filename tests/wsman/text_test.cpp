#include "harness/wsman/text.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm::wsman;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

} // namespace

TEST_CASE("names are compared without case", "[text]") {
  CHECK(same_name("ElementName", "elementNAME"));
  CHECK_FALSE(same_name("ElementName", "ElementNam"));
  CHECK_FALSE(same_name("ElementName", "ElementNamf"));
  CHECK(same_name("", ""));
}

TEST_CASE("what could end a tag cannot be an element's name", "[text][hostile]") {
  CHECK(is_element_name("MigrationSettingData"));
  CHECK(is_element_name("__CLASS"));
  CHECK(is_element_name("a-b.c1"));
  const auto name =
      GENERATE(values<std::string>({"", "1st", "-a", ".a", "a b", "a>", "a:b", "a/", "\xC3\xA4", "a\n"}));
  CAPTURE(name);
  CHECK_FALSE(is_element_name(name));
}

TEST_CASE("text is escaped for elements and attributes alike", "[text]") {
  CHECK(escaped("plain") == "plain");
  CHECK(escaped("<a b=\"c\" d='e'>&</a>") == "&lt;a b=&quot;c&quot; d='e'&gt;&amp;&lt;/a&gt;");
  CHECK(escaped("a\tb\r\nc") == "a&#9;b&#13;&#10;c");
  CHECK(escaped("\xC3\xA4\xF0\x9F\x90\xA7") == "\xC3\xA4\xF0\x9F\x90\xA7");
}

TEST_CASE("characters that XML cannot carry are replaced", "[text][hostile]") {
  CHECK(escaped(std::string("a\0b", 3)) == "a\xEF\xBF\xBD"
                                           "b");
  CHECK(escaped("\x1b[31m") == "\xEF\xBF\xBD[31m");
}

TEST_CASE("bytes that are no UTF-8 become question marks, one each", "[text][hostile]") {
  CHECK(valid_utf8("gr\xC3\xBC\xC3\x9F") == "gr\xC3\xBC\xC3\x9F");
  CHECK(valid_utf8("\xC3") == "?");                // cut off
  CHECK(valid_utf8("\xC0\xAF") == "??");           // overlong
  CHECK(valid_utf8("\xED\xA0\x80") == "???");      // a surrogate
  CHECK(valid_utf8("\xF4\x90\x80\x80") == "????"); // above U+10FFFF
  CHECK(valid_utf8("a long run of ASCII, then \xFF!") == "a long run of ASCII, then ?!");
  CHECK(valid_utf8("\xE2\x82\xAC\xE2\x82") == "\xE2\x82\xAC??");
}

TEST_CASE("printable text is one line without control characters", "[text][hostile]") {
  CHECK(printable("  two\r\n\t lines \n", 100) == "two lines");
  CHECK(printable("\x1b[2Jwiped\x7f", 100) == "[2Jwiped");
  CHECK(printable("c1 \xC2\x9B"
                  "31m",
                  100) == "c1 31m");
  CHECK(printable("\xFF", 100) == "?");
}

TEST_CASE("printable text is cut between characters", "[text]") {
  CHECK(printable("abcdef", 3) == "abc");
  CHECK(printable("ab\xC3\xA4", 3) == "ab");
  CHECK(printable("ab c", 3) == "ab");
  CHECK(printable("abc", 0).empty());
}

TEST_CASE("trimmed text keeps what is inside", "[text]") {
  CHECK(trimmed("\n a b\t") == "a b");
  CHECK(trimmed(" \r\n").empty());
}
