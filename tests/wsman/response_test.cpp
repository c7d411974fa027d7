#include "harness/wsman/response.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/soap.hpp"

#include <fmt/format.h>

using namespace migstorm;
using namespace migstorm::wsman;
using test::envelope;

namespace {

SoapReply reply_of(const std::string& body) {
  auto reply = SoapReply::parse(envelope("uuid:1", body), 1'000'000);
  REQUIRE(reply);
  return std::move(*reply);
}

Instance instance_of(const std::string& inner) {
  auto instance = read_instance(reply_of(test::instance("Msvm_ComputerSystem", inner)));
  REQUIRE(instance);
  return std::move(*instance);
}

} // namespace

TEST_CASE("an instance is read with all shapes of values", "[response]") {
  const Instance vm = instance_of(
      "<p:Caption>Virtual "
      "Machine</p:Caption><p:OperationalStatus>2</p:OperationalStatus><p:OperationalStatus>5"
      "</p:OperationalStatus><p:InstallDate><cim:Datetime>2026-11-20T09:15:00Z</cim:Datetime></p:InstallDate>"
      "<p:Other xsi:nil='true'/><p:Empty/><p:Padded> x "
      "</p:Padded><p:Down><cim:Interval>P0DT0H5M0S</cim:Interval></p:Down>");
  CHECK(vm.class_name == "Msvm_ComputerSystem");
  CHECK(vm.text("Caption") == "Virtual Machine");
  CHECK(vm.numbers("OperationalStatus") == std::vector<std::uint64_t>{2, 5});
  CHECK(vm.datetime("InstallDate") == parse_datetime("2026-11-20T09:15:00Z"));
  REQUIRE(vm.find("Other") != nullptr);
  CHECK_FALSE(vm.text("Other"));
  CHECK(vm.text("Empty") == "");
  CHECK(vm.text("Padded") == " x ");
  CHECK(vm.text("Down") == "P0DT0H5M0S");
}

TEST_CASE("elements of one name are one array, even apart", "[response]") {
  const Instance vm = instance_of("<p:A>1</p:A><p:B>x</p:B><p:A>2</p:A>");
  CHECK(vm.properties.size() == 2);
  CHECK(vm.numbers("A") == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("references are read in all places where hosts put them", "[response]") {
  const std::string parameters =
      "<w:ResourceURI> uri </w:ResourceURI><w:SelectorSet><w:Selector Name='InstanceID'>42"
      "</w:Selector></w:SelectorSet>";
  const auto inner = GENERATE_COPY(values<std::string>(
      {"<a:Address>x</a:Address><a:ReferenceParameters>" + parameters + "</a:ReferenceParameters>",
       "<a:Address>x</a:Address><a:ReferenceProperties>" + parameters + "</a:ReferenceProperties>",
       "<a:EndpointReference><a:ReferenceParameters>" + parameters +
           "</a:ReferenceParameters></a:EndpointReference>"}));
  const Instance vm = instance_of("<p:Job>" + inner + "</p:Job>");
  const Reference* job = vm.reference("Job");
  REQUIRE(job != nullptr);
  CHECK(job->resource_uri == "uri");
  CHECK(*job->find("InstanceID") == "42");
}

TEST_CASE("an embedded instance takes its class from its type", "[response]") {
  const Instance out =
      instance_of("<p:SummaryInformation xmlns:s1='u' xsi:type='s1:Msvm_SummaryInformation_Type'>"
                  "<s1:Name>G</s1:Name></p:SummaryInformation><p:Bare><p:X>1</p:X></p:Bare>");
  const auto summaries = out.instances("SummaryInformation");
  REQUIRE(summaries.size() == 1);
  CHECK(summaries[0]->class_name == "Msvm_SummaryInformation");
  CHECK(summaries[0]->text("Name") == "G");
  CHECK(out.instances("Bare")[0]->class_name == "Bare");
}

TEST_CASE("identify is read without an addressing header", "[response]") {
  const auto reply = SoapReply::parse("<s:Envelope xmlns:s='s'><s:Header/><s:Body><i:IdentifyResponse "
                                      "xmlns:i='i'><i:ProductVendor>Microsoft Corporation"
                                      "</i:ProductVendor><i:ProductVersion> OS: 6.3.9600 SP: 0.0 Stack: 3.0 "
                                      "</i:ProductVersion></i:IdentifyResponse>"
                                      "</s:Body></s:Envelope>",
                                      10'000);
  REQUIRE(reply);
  const auto identity = read_identity(*reply);
  REQUIRE(identity);
  CHECK(identity->product_vendor == "Microsoft Corporation");
  CHECK(identity->product_version == "OS: 6.3.9600 SP: 0.0 Stack: 3.0");
}

TEST_CASE("pages of Enumerate and Pull differ in namespaces only", "[response]") {
  const std::string item = test::instance("C", "<p:Name>1</p:Name>");
  const auto first = read_page(reply_of(test::first_page(item + item, "uuid:7")));
  REQUIRE(first);
  CHECK(first->items.size() == 2);
  CHECK(first->context == "uuid:7");
  const auto last = read_page(reply_of(test::next_page(item, "")));
  REQUIRE(last);
  CHECK(last->items.size() == 1);
  CHECK(last->context.empty());
}

TEST_CASE("the end of the sequence counts, whatever the context says", "[response]") {
  const auto page = read_page(reply_of("<n:PullResponse><n:EnumerationContext>uuid:7</"
                                       "n:EnumerationContext><n:EndOfSequence/></n:PullResponse>"));
  REQUIRE(page);
  CHECK(page->context.empty());
  CHECK(page->items.empty());
}

TEST_CASE("an output has its result and its parameters", "[response]") {
  const auto result =
      read_output(reply_of("<p:Migrate_OUTPUT xmlns:p='u'><p:Job><a:ReferenceParameters><w:SelectorSet>"
                           "<w:Selector Name='InstanceID'>J</w:Selector></w:SelectorSet>"
                           "</a:ReferenceParameters></p:Job><p:ReturnValue>4096</p:ReturnValue>"
                           "</p:Migrate_OUTPUT>"),
                  "Migrate");
  REQUIRE(result);
  CHECK(result->return_value == 4096);
  CHECK(*result->out.reference("Job")->find("InstanceID") == "J");
}

TEST_CASE("a result may be signed or absent", "[response]") {
  CHECK(read_output(reply_of("<p:M_OUTPUT><p:ReturnValue>-2147024891</p:ReturnValue></p:M_OUTPUT>"), "M")
            ->return_value == 0x80070005);
  CHECK(read_output(reply_of("<p:m_output/>"), "M")->return_value == 0);
}

TEST_CASE("answers to something else are malformed", "[response][hostile]") {
  const SoapReply other = reply_of("<x:Other/>");
  const SoapReply empty = reply_of("");
  for (const SoapReply* reply : {&other, &empty}) {
    CHECK(read_identity(*reply).error().code == Errc::malformed);
    CHECK(read_page(*reply).error().code == Errc::malformed);
    CHECK(read_output(*reply, "M").error().code == Errc::malformed);
  }
  CHECK(read_instance(empty).error().code == Errc::malformed);
  CHECK(read_page(other).error().detail ==
        "the answer holds <x:Other> where EnumerateResponse or PullResponse was expected");
  CHECK(read_output(reply_of("<p:M_OUTPUT><p:ReturnValue>soon</p:ReturnValue></p:M_OUTPUT>"), "M")
            .error()
            .detail == "ReturnValue is \"soon\"");
}

TEST_CASE("an answer belongs to the request that it names", "[response]") {
  const SoapReply reply = reply_of("<x:Other/>");
  CHECK(reply.answers("uuid:1"));
  CHECK_FALSE(reply.answers("uuid:2"));
}

TEST_CASE("only a fault may come without naming its request", "[response]") {
  const auto without = [](const std::string& body) {
    return SoapReply::parse("<s:Envelope><s:Body>" + body + "</s:Body></s:Envelope>", 10'000);
  };
  CHECK(without("<s:Fault/>")->answers("uuid:1"));
  CHECK_FALSE(without("<x:Other/>")->answers("uuid:1"));
}

TEST_CASE("what is no envelope is malformed", "[response][hostile]") {
  CHECK(SoapReply::parse("<html/>", 100).error().detail ==
        "the answer holds <html> where a SOAP envelope was expected");
  CHECK(SoapReply::parse("<s:Envelope/>", 100).error().detail == "the SOAP envelope has no body");
  CHECK(SoapReply::parse("Not found", 100).error().code == Errc::malformed);
  CHECK(SoapReply::parse(envelope("", ""), 100).error().code == Errc::over_limit);
}

TEST_CASE("an instance of too many properties is refused", "[response][hostile]") {
  std::string inner;
  for (std::size_t i = 0; i <= kInstancePropertiesMax; ++i) {
    inner += fmt::format("<p:P{}/>", i);
  }
  const auto instance = read_instance(reply_of(test::instance("C", inner)));
  REQUIRE_FALSE(instance);
  CHECK(instance.error().code == Errc::over_limit);
}

TEST_CASE("nothing that is not UTF-8 gets into values and names", "[response][hostile]") {
  const Instance vm = instance_of("<p:A\xFF>b\xFF</p:A\xFF>");
  REQUIRE(vm.properties.size() == 1);
  CHECK(vm.properties[0].name == "A?");
  CHECK(vm.text("A?") == "b?");
}
