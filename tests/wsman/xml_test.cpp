#include "harness/wsman/xml.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::wsman;

namespace {

constexpr XmlLimits kLimits{.bytes = 1'000, .depth = 4, .elements = 10};

Result<XmlDocument> parse(std::string text) { return XmlDocument::parse(std::move(text), kLimits); }

} // namespace

TEST_CASE("nodes are found by their local names", "[xml]") {
  const auto document =
      parse("\xEF\xBB\xBF<s:E xmlns:s='u'><!-- c --><x:Body n:id='7'>text</x:Body><Body/></s:E>");
  REQUIRE(document);
  CHECK(local_name(document->root()) == "E");
  const auto body = child_element(document->root(), "Body");
  CHECK(text_of(body) == "text");
  CHECK(attribute(body, "id") == "7");
  CHECK(attribute(body, "none").empty());
  CHECK(first_element(document->root()) == body);
  CHECK_FALSE(child_element(document->root(), "body"));
}

TEST_CASE("text is joined from its pieces", "[xml]") {
  const auto document = parse("<a>one &lt;<![CDATA[<two>]]><b>not mine</b> three</a>");
  REQUIRE(document);
  CHECK(text_of(document->root()) == "one <<two> three");
}

TEST_CASE("white space stays where it is all that a value has", "[xml]") {
  const auto document = parse("<a>\n  <b> </b>\n</a>");
  REQUIRE(document);
  CHECK(text_of(child_element(document->root(), "b")) == " ");
  CHECK(document->root().first_child() == child_element(document->root(), "b"));
}

TEST_CASE("nil is true or 1", "[xml]") {
  const auto document = parse("<a><b x:nil='true'/><c nil='1'/><d x:nil='false'/><e/></a>");
  REQUIRE(document);
  CHECK(is_nil(child_element(document->root(), "b")));
  CHECK(is_nil(child_element(document->root(), "c")));
  CHECK_FALSE(is_nil(child_element(document->root(), "d")));
  CHECK_FALSE(is_nil(child_element(document->root(), "e")));
}

TEST_CASE("a document at its limits is taken", "[xml]") {
  CHECK(parse("<a><b><c><d/></c></b></a>"));
  CHECK(parse("<a><i/><i/><i/><i/><i/><i/><i/><i/><i/></a>"));
  CHECK(parse("<a>" + std::string(993, 'x') + "</a>"));
}

TEST_CASE("a document over its limits is refused before it is parsed", "[xml][hostile]") {
  struct Case {
    std::string text;
    std::string detail;
  };
  const auto c = GENERATE(values<Case>({
      {"<a>" + std::string(994, 'x') + "</a>", "XML of 1001 bytes, limit 1000"},
      {"<a><b><c><d><e/></d></c></b></a>", "XML is nested deeper than 4 levels"},
      {"<a><i/><i/><i/><i/><i/><i/><i/><i/><i/><i/></a>", "XML has more than 10 elements"},
      // what looks like the end of a tag inside of an attribute is none
      {"<a x='/>'><b x=\"/>\"><c><d x='/>'><e/></d></c></b></a>", "XML is nested deeper than 4 levels"},
      // what looks like an end tag inside of a comment is none
      {"<a><!-- </a> --><b><![CDATA[</b>]]><c><?x </c> ?><d><e/></d></c></b></a>",
       "XML is nested deeper than 4 levels"},
  }));
  CAPTURE(c.text);
  const auto document = parse(c.text);
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Errc::over_limit);
  CHECK(document.error().detail == c.detail);
}

TEST_CASE("a document type is refused", "[xml][hostile]") {
  const auto document = parse("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
  REQUIRE_FALSE(document);
  CHECK(document.error().detail == "XML declares a document type, which SOAP forbids");
}

TEST_CASE("what is no XML is malformed", "[xml][hostile]") {
  const auto text = GENERATE(values<std::string>({"", "  ", "text", "<a>", "<a></b>", "<a", "<",
                                                  "<a x='></a>", "<!--", "<a><![CDATA[", "<?xml", "</a>"}));
  CAPTURE(text);
  const auto document = parse(text);
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Errc::malformed);
  CHECK(document.error().detail.starts_with("not well-formed XML"));
}
