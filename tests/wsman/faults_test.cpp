#include "harness/wsman/faults.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/soap.hpp"

using namespace migstorm;
using namespace migstorm::wsman;

namespace {

std::optional<Fault> read(const std::string& body) {
  const auto document =
      XmlDocument::parse(test::envelope("", body), {.bytes = 100'000, .depth = 32, .elements = 1'000});
  REQUIRE(document);
  return read_fault(child_element(document->root(), "Body"));
}

std::string with_detail(const std::string& detail) {
  return "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>why</s:Text></"
         "s:Reason><s:Detail>" +
         detail + "</s:Detail></s:Fault>";
}

std::string with_subcode(const std::string& subcode) {
  return "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>" + subcode +
         "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>why</s:Text></s:Reason></s:Fault>";
}

Errc reaction(std::uint32_t code, Intent intent) { return to_error(Fault{code, {}, {}}, intent).code; }

} // namespace

TEST_CASE("a body without a fault has none", "[faults]") {
  CHECK_FALSE(read(""));
  CHECK_FALSE(read("<n:PullResponse/>"));
}

TEST_CASE("the code and the text of a fault are read", "[faults]") {
  const auto fault = read(test::fault("w:TimedOut", "2150858793", "It took\n too long."));
  REQUIRE(fault);
  CHECK(fault->code == 0x80338029);
  CHECK(fault->subcode == "TimedOut");
  CHECK(fault->text == "It took too long.");
}

TEST_CASE("the innermost code counts", "[faults]") {
  const auto fault = read(with_detail(
      "<f:WSManFault xmlns:f='f' Code='2150858755'><f:Message><f:ProviderFault provider='WMI Provider'>"
      "<f:WSManFault Code='2147749890'><f:Message>Not found "
      "</f:Message></f:WSManFault></f:ProviderFault></f:Message>"
      "</f:WSManFault>"));
  REQUIRE(fault);
  CHECK(fault->code == 0x80041002);
  CHECK(fault->text == "Not found");
}

TEST_CASE("an inner code of zero says nothing", "[faults]") {
  const auto fault =
      read(with_detail("<f:WSManFault xmlns:f='f' Code='995'><f:Message><f:ProviderFault><f:WSManFault "
                       "Code='0'/></f:ProviderFault></f:Message></f:WSManFault>"));
  REQUIRE(fault);
  CHECK(fault->code == 995);
}

TEST_CASE("a WMI error explains a provider's failure", "[faults]") {
  const auto fault = read(with_detail("<f:WSManFault xmlns:f='f' Code='2150858755'/><p:MSFT_WmiError "
                                      "xmlns:p='p'><p:error_Code>2147749904</p:error_Code>"
                                      "<p:Message>Invalid class</p:Message></p:MSFT_WmiError>"));
  REQUIRE(fault);
  CHECK(fault->code == 0x80041010);
  CHECK(fault->text == "Invalid class");
}

TEST_CASE("a WMI error may have its code in words", "[faults]") {
  const auto fault =
      read(with_detail("<p:MSFT_WmiError xmlns:p='p'><p:MessageID>HRESULT 0x8004100e</p:MessageID>"
                       "</p:MSFT_WmiError>"));
  REQUIRE(fault);
  CHECK(fault->code == 0x8004100E);
  CHECK(fault->text == "why");
}

TEST_CASE("without a number the subcode speaks", "[faults]") {
  CHECK(read(with_subcode("w:QuotaLimit"))->code == 0x8033803F);
  CHECK(read(with_subcode("x:InvalidEnumerationContext"))->code == 0x8033801B);
  CHECK(read(with_subcode("a:DestinationUnreachable"))->code == 0x80338000);
  CHECK(read(with_subcode("w:EncodingLimit"))->code == 0x80338048);
  CHECK(read(with_subcode("w:NeverHeardOf"))->code == 0);
}

TEST_CASE("an enumeration's time-out is another one than an operation's", "[faults]") {
  CHECK(read(with_subcode("w:TimedOut"))->code == 0x80338029);
  CHECK(read(with_subcode("n:TimedOut"))->code == 0x8033801C);
  CHECK(read(with_subcode("TimedOut"))->code == 0x80338029);
}

TEST_CASE("codes that are no numbers are zero", "[faults][hostile]") {
  const auto code =
      GENERATE(values<std::string>({"", "x", "5x", "99999999999999999999", "4294967296", "-2147483649"}));
  CAPTURE(code);
  CHECK(read(test::fault("", code, ""))->code == 0);
  CHECK(read(test::fault("", "-2147024891", ""))->code == 0x80070005); // as a signed HRESULT
}

TEST_CASE("a fault's text is tamed", "[faults][hostile]") {
  const auto fault = read(test::fault("w:\xFF", "5", "red&#27;[31m" + std::string(2'000, 'x')));
  REQUIRE(fault);
  CHECK(fault->subcode == "?");
  CHECK(fault->text.starts_with("red [31mxxx"));
  CHECK(fault->text.size() <= 500);
}

TEST_CASE("a fault becomes what a caller can do", "[faults]") {
  struct Case {
    std::uint32_t code;
    Errc read;
    Errc change;
  };
  const auto c = GENERATE(values<Case>({
      {0x00000005, Errc::denied, Errc::denied},
      {0x80041003, Errc::denied, Errc::denied},
      {0x80338036, Errc::denied, Errc::denied},
      {0x803381A6, Errc::busy, Errc::busy}, // too many operations of this user
      {0x803381E8, Errc::busy, Errc::busy},
      {0x8033803F, Errc::busy, Errc::busy},
      {0x80338032, Errc::busy, Errc::busy},
      {0x80338014, Errc::busy, Errc::busy},
      {0x8004106C, Errc::busy, Errc::busy},
      {0x80338029, Errc::busy, Errc::unknown_outcome}, // the operation timed out
      {0x80338126, Errc::busy, Errc::unknown_outcome},
      {0x000003E3, Errc::busy, Errc::unknown_outcome},
      {0x803381DE, Errc::busy, Errc::unknown_outcome},
      {0x8033801B, Errc::stale, Errc::stale},
      {0x80338007, Errc::stale, Errc::stale},
      {0x80338048, Errc::too_large, Errc::unknown_outcome},
      {0x8033804D, Errc::too_large, Errc::unknown_outcome}, // done, and too large to say
      {0x80338047, Errc::too_large, Errc::too_large},       // refused before anything was done
      {0x8033801A, Errc::not_found, Errc::not_found},
      {0x80041002, Errc::not_found, Errc::not_found},
      {0x8004100E, Errc::not_found, Errc::not_found},
      {0x80041010, Errc::not_found, Errc::not_found},
      {0x80041001, Errc::busy, Errc::remote_fault},
      {0x80338003, Errc::remote_fault, Errc::remote_fault},
      {0x8033803D, Errc::remote_fault, Errc::remote_fault},
      {0x12345678, Errc::remote_fault, Errc::remote_fault},
      {0, Errc::remote_fault, Errc::remote_fault},
  }));
  CAPTURE(c.code);
  CHECK(reaction(c.code, Intent::read) == c.read);
  CHECK(reaction(c.code, Intent::change) == c.change);
}

TEST_CASE("an error says number, name, consequence and the host's words", "[faults]") {
  CHECK(to_error({0x80338032, "Concurrency", "in use"}, Intent::change).detail ==
        "fault 0x80338032 (CONCURRENCY): in use");
  CHECK(to_error({0, "Odd", ""}, Intent::read).detail == "fault 0x00000000 (Odd)");
  CHECK(to_error({0x80338029, "", ""}, Intent::change).detail ==
        "fault 0x80338029 (OPERATION_TIMEDOUT): it may have been carried out");
  CHECK(to_error({0x8033804D, "", ""}, Intent::change).detail ==
        "fault 0x8033804d (UNREPORTABLE_SUCCESS): the host says that it was carried out and that its answer "
        "was too "
        "large to send");
}
