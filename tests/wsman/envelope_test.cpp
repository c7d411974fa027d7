#include "harness/wsman/envelope.hpp"

#include "harness/wsman/client.hpp"
#include "harness/wsman/xml.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/soap.hpp"

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;

namespace {

const RequestHead kHead{"https://node1:5986/wsman", "uuid:6F3C9E1A-5B0D-4B7E-9C3B-2E0C3C0C8D11", 153'600,
                        60s};
constexpr const char* kService =
    "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_VirtualSystemMigrationService";

XmlDocument parsed(const std::string& request) {
  auto document = XmlDocument::parse(request, {.bytes = 100'000, .depth = 32, .elements = 1'000});
  REQUIRE(document);
  return std::move(*document);
}

std::string in_header(const XmlDocument& document, const char* name) {
  return text_of(child_element(child_element(document.root(), "Header"), name));
}
std::string body_of(const std::string& request) { return test::between(request, "<s:Body>", "</s:Body>"); }

std::string input_of(std::vector<Argument> arguments) {
  const auto request = format_invoke(kHead, {kService, {}}, "M", arguments);
  REQUIRE(request);
  parsed(*request); // well-formed
  return test::between(*request, "Msvm_VirtualSystemMigrationService\">", "</p:M_INPUT>");
}

} // namespace

TEST_CASE("a resource URI has its namespace with slashes", "[envelope]") {
  CHECK(resource_uri("root\\virtualization\\v2", "Msvm_ComputerSystem") ==
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem");
}

TEST_CASE("every request says where to, what, how large and how long", "[envelope]") {
  const auto request = parsed(format_get(kHead, {kService, {{"Name", "a&b"}, {"CreationClassName", "C"}}}));
  CHECK(in_header(request, "To") == kHead.to);
  CHECK(in_header(request, "ResourceURI") == kService);
  CHECK(in_header(request, "Action") == "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get");
  CHECK(in_header(request, "MaxEnvelopeSize") == "153600");
  CHECK(in_header(request, "MessageID") == kHead.message_id);
  CHECK(in_header(request, "OperationTimeout") == "PT60.000S");
  const auto selectors = child_element(child_element(request.root(), "Header"), "SelectorSet");
  const auto first = first_element(selectors);
  CHECK(attribute(first, "Name") == "Name");
  CHECK(text_of(first) == "a&b");
  CHECK(text_of(first.next_sibling()) == "C");
}

TEST_CASE("a resource without keys has no selectors", "[envelope]") {
  CHECK(format_get(kHead, {kService, {}}).find("SelectorSet") == std::string::npos);
}

TEST_CASE("identify needs no addressing", "[envelope]") {
  const auto request = parsed(format_identify());
  CHECK(local_name(first_element(child_element(request.root(), "Body"))) == "Identify");
  CHECK_FALSE(first_element(child_element(request.root(), "Header")));
}

TEST_CASE("enumerate asks for the first page at once", "[envelope]") {
  const std::string text =
      format_enumerate(kHead, resource_uri("root/cimv2", "*"), "SELECT * FROM C WHERE A<'2'", 100);
  CHECK(body_of(text) ==
        "<n:Enumerate xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><w:OptimizeEnumeration/>"
        "<w:MaxElements>100</w:MaxElements><w:EnumerationMode>EnumerateObject</w:EnumerationMode>"
        "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">SELECT * FROM C WHERE "
        "A&lt;'2'</w:Filter>"
        "</n:Enumerate>");
  CHECK(in_header(parsed(text), "Action") == "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate");
}

TEST_CASE("pull and release name their context", "[envelope]") {
  const std::string pull = format_pull(kHead, "uri", "uuid:<1>", 7);
  CHECK(body_of(pull) ==
        "<n:Pull xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><n:EnumerationContext>"
        "uuid:&lt;1&gt;</n:EnumerationContext><n:MaxElements>7</n:MaxElements></n:Pull>");
  CHECK(in_header(parsed(pull), "Action") == "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull");
  const auto release = parsed(format_release(kHead, "uri", "uuid:1"));
  CHECK(in_header(release, "Action") == "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release");
}

TEST_CASE("invoke has the method in its action and in its element", "[envelope]") {
  const auto text = format_invoke(kHead, {kService, {}}, "MigrateVirtualSystemToHost",
                                  {Argument::scalar("DestinationHost", "node2.lab.test")});
  REQUIRE(text);
  const auto request = parsed(*text);
  CHECK(in_header(request, "Action") == std::string(kService) + "/MigrateVirtualSystemToHost");
  const auto input = first_element(child_element(request.root(), "Body"));
  CHECK(std::string_view(input.name()) == "p:MigrateVirtualSystemToHost_INPUT");
  CHECK(attribute(input, "p") == kService);
  CHECK(text_of(child_element(input, "DestinationHost")) == "node2.lab.test");
}

TEST_CASE("arguments keep their order and their shapes", "[envelope]") {
  CHECK(input_of({Argument::scalar("B", "1 & 2"), Argument::scalar("A", "")}) ==
        "<p:B>1 &amp; 2</p:B><p:A></p:A>");
  CHECK(input_of({Argument::nil("New")}) == "<p:New xsi:nil=\"true\"/>");
  CHECK(input_of({Argument{"List", {Item("x"), Item("y")}}}) == "<p:List>x</p:List><p:List>y</p:List>");
  CHECK(input_of({Argument{"Absent", {}}}).empty());
  CHECK(input_of({Argument{"When", {Item("2026-11-20T09:15:00Z")}, Argument::Form::datetime}}) ==
        "<p:When><cim:Datetime>2026-11-20T09:15:00Z</cim:Datetime></p:When>");
  CHECK(input_of({Argument{"Long", {Item("P0DT0H5M0S")}, Argument::Form::interval}}) ==
        "<p:Long><cim:Interval>P0DT0H5M0S</cim:Interval></p:Long>");
}

TEST_CASE("an embedded instance in CIM-XML goes as escaped text", "[envelope]") {
  const std::string settings = format_cim_xml("C", {{"A", "uint16", false, {"1"}}});
  const std::string input = input_of({Argument::scalar("MigrationSettingData", settings)});
  CHECK(input.starts_with("<p:MigrationSettingData>&lt;INSTANCE CLASSNAME=&quot;C&quot;&gt;"));
}

TEST_CASE("a reference goes as an endpoint", "[envelope]") {
  CHECK(input_of({Argument::reference("ComputerSystem", {"uri", {{"Name", "G"}}})}) ==
        "<p:ComputerSystem><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</"
        "a:Address>"
        "<a:ReferenceParameters><w:ResourceURI>uri</w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">G"
        "</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ComputerSystem>");
}

TEST_CASE("a native instance has the namespace of its own class", "[envelope]") {
  auto startup = std::make_shared<Instance>();
  startup->class_name = "Win32_ProcessStartup";
  startup->properties = {{"ShowWindow", {Item("0")}}};
  const Argument argument{"ProcessStartupInformation", {Item(std::shared_ptr<const Instance>(startup))}};
  CHECK(input_of({argument}) ==
        "<p:ProcessStartupInformation "
        "xmlns:s1=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
        "Win32_ProcessStartup\" xsi:type=\"s1:Win32_ProcessStartup_Type\"><s1:ShowWindow>0</s1:ShowWindow>"
        "</p:ProcessStartupInformation>");
}

TEST_CASE("an instance that is not there goes as nil", "[envelope]") {
  CHECK(input_of({Argument{"X", {Item(std::shared_ptr<const Instance>())}}}) == "<p:X xsi:nil=\"true\"/>");
}

TEST_CASE("instances cannot be embedded without end", "[envelope][hostile]") {
  std::shared_ptr<const Instance> inner;
  for (int i = 0; i < 9; ++i) {
    auto outer = std::make_shared<Instance>();
    outer->class_name = "C";
    outer->properties = {{"P", {Item(inner)}}};
    inner = outer;
  }
  const auto request = format_invoke(kHead, {kService, {}}, "M", {Argument{"X", {Item(inner)}}});
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::over_limit);
}

TEST_CASE("names that would break out of their element are refused", "[envelope][hostile]") {
  const auto method = format_invoke(kHead, {kService, {}}, "M><x", {});
  REQUIRE_FALSE(method);
  CHECK(method.error().detail == "\"M><x\" cannot be a method's name");
  const auto argument = format_invoke(kHead, {kService, {}}, "M", {Argument::scalar("a b", "1")});
  REQUIRE_FALSE(argument);
  CHECK(argument.error().detail == "argument of M: \"a b\" cannot be an element's name");
  Instance value;
  value.class_name = "C/";
  CHECK_FALSE(format_put(kHead, {kService, {}}, value));
}

TEST_CASE("put sends the instance in the namespace of its class", "[envelope]") {
  Instance value;
  value.class_name = "C";
  value.properties = {{"A", {Item("1")}}, {"B", {Item(std::monostate{})}}};
  const auto text = format_put(kHead, {"uri/C", {{"K", "1"}}}, value);
  REQUIRE(text);
  CHECK(body_of(*text) == "<p:C xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                          " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xmlns:p=\"uri/C\">"
                          "<p:A>1</p:A><p:B xsi:nil=\"true\"/></p:C>");
}
