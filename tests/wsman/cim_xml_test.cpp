#include "harness/wsman/cim.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace migstorm;
using namespace migstorm::wsman;

TEST_CASE("settings are written as Hyper-V takes them", "[cim_xml]") {
  const std::vector<CimXmlProperty> properties = {
      {"MigrationType", "uint16", false, {"32768"}},
      {"DestinationIPAddressList", "string", true, {"10.0.0.2", "a<b"}},
      {"ElementName", "string", false, {}},
      {"Empty", "string", true, {}}};
  CHECK(
      format_cim_xml("Msvm_X", properties) ==
      "<INSTANCE CLASSNAME=\"Msvm_X\">"
      "<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY>"
      "<PROPERTY.ARRAY NAME=\"DestinationIPAddressList\" TYPE=\"string\"><VALUE.ARRAY><VALUE>10.0.0.2</VALUE>"
      "<VALUE>a&lt;b</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"
      "<PROPERTY NAME=\"ElementName\" TYPE=\"string\"></PROPERTY>"
      "<PROPERTY.ARRAY NAME=\"Empty\" "
      "TYPE=\"string\"><VALUE.ARRAY></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>");
}

TEST_CASE("what was written reads back", "[cim_xml]") {
  const auto read = parse_cim_xml(format_cim_xml("C", {{"A", "string", false, {"<&\">\r\n"}},
                                                       {"B", "uint16", true, {"1", "2"}},
                                                       {"N", "string", false, {}}}));
  REQUIRE(read);
  CHECK(read->class_name == "C");
  CHECK(read->text("A") == "<&\">\r\n");
  CHECK(read->numbers("B") == std::vector<std::uint64_t>{1, 2});
  REQUIRE(read->find("N") != nullptr);
  CHECK_FALSE(read->text("N"));
}

TEST_CASE("the form of real hosts is read", "[cim_xml]") {
  const auto read = parse_cim_xml(R"(
    <?xml version="1.0"?>
    <INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem">
      <QUALIFIER NAME="dynamic" TYPE="boolean"><VALUE>TRUE</VALUE></QUALIFIER>
      <PROPERTY NAME="Name" CLASSORIGIN="X" PROPAGATED="true" TYPE="string">
        <QUALIFIER NAME="key" TYPE="boolean"><VALUE>TRUE</VALUE></QUALIFIER>
        <VALUE>OSVersion</VALUE></PROPERTY>
      <PROPERTY NAME="Caption" TYPE="string"/>
      <PROPERTY.ARRAY NAME="List" TYPE="string"><VALUE.ARRAY><VALUE>a</VALUE><VALUE.NULL/></VALUE.ARRAY></PROPERTY.ARRAY>
      <PROPERTY.REFERENCE NAME="Vm" REFERENCECLASS="Msvm_ComputerSystem"><VALUE.REFERENCE>
        <INSTANCEPATH><NAMESPACEPATH><HOST>h</HOST><LOCALNAMESPACEPATH><NAMESPACE NAME="root"/>
          <NAMESPACE NAME="virtualization"/><NAMESPACE NAME="v2"/></LOCALNAMESPACEPATH></NAMESPACEPATH>
        <INSTANCENAME CLASSNAME="Msvm_ComputerSystem"><KEYBINDING NAME="Name"><KEYVALUE>G</KEYVALUE></KEYBINDING>
        </INSTANCENAME></INSTANCEPATH></VALUE.REFERENCE></PROPERTY.REFERENCE>
      <PROPERTY.OBJECT NAME="Inner"><VALUE.OBJECT><INSTANCE CLASSNAME="I"><PROPERTY NAME="X" TYPE="uint8"><VALUE>1</VALUE>
        </PROPERTY></INSTANCE></VALUE.OBJECT></PROPERTY.OBJECT>
    </INSTANCE>)");
  REQUIRE(read);
  CHECK(read->text("Name") == "OSVersion");
  CHECK_FALSE(read->text("Caption"));
  REQUIRE(read->find("List")->items.size() == 2);
  CHECK(std::holds_alternative<std::monostate>(read->find("List")->items[1]));
  const Reference* vm = read->reference("Vm");
  REQUIRE(vm != nullptr);
  CHECK(vm->resource_uri ==
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem");
  CHECK(*vm->find("Name") == "G");
  const auto inner = read->instances("Inner");
  REQUIRE(inner.size() == 1);
  CHECK(inner[0]->number("X") == 1);
}

TEST_CASE("a reference may be an object path as text", "[cim_xml]") {
  const auto read =
      parse_cim_xml("<INSTANCE CLASSNAME='C'><PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE>\\\\h\\root:C.K=1"
                    "</VALUE.REFERENCE></PROPERTY.REFERENCE></INSTANCE>");
  REQUIRE(read);
  CHECK(read->text("R") == "\\\\h\\root:C.K=1");
}

TEST_CASE("CIM-XML that is something else is malformed", "[cim_xml][hostile]") {
  struct Case {
    std::string text;
    std::string detail;
  };
  const auto c = GENERATE(values<Case>({
      {"<CLASS NAME='C'/>", "CIM-XML begins with <CLASS>, not with <INSTANCE CLASSNAME=...>"},
      {"<INSTANCE/>", "CIM-XML begins with <INSTANCE>, not with <INSTANCE CLASSNAME=...>"},
      {"", "CIM-XML: not well-formed XML: No document element found"},
      {"<!DOCTYPE x><INSTANCE CLASSNAME='C'/>", "CIM-XML: XML declares a document type, which SOAP forbids"},
  }));
  const auto read = parse_cim_xml(c.text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::malformed);
  CHECK(read.error().detail == c.detail);
}

TEST_CASE("CIM-XML has limits of size, depth and number", "[cim_xml][hostile]") {
  std::string deep = "<INSTANCE CLASSNAME='C'>";
  for (int i = 0; i < 40; ++i) {
    deep += "<PROPERTY.OBJECT NAME='P'><VALUE.OBJECT><INSTANCE CLASSNAME='C'>";
  }
  std::string many = "<INSTANCE CLASSNAME='C'>";
  for (int i = 0; i < 4'097; ++i) {
    many += fmt::format("<PROPERTY NAME='P{}'/>", i);
  }
  for (const std::string& text : {deep, many + "</INSTANCE>", std::string((1u << 20) + 1, ' ')}) {
    const auto read = parse_cim_xml(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::over_limit);
  }
}
