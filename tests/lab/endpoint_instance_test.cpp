#include "tests/support/catch.hpp"
#include "tests/support/lab_requests.hpp"

#include <cstring>

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

const std::string kName = selector("Name", kGuid);

} // namespace

TEST_CASE("Get answers with the instance, exactly as Windows writes it", "[endpoint]") {
  Lab lab;
  const auto answer =
      lab.get("Msvm_ComputerSystem", selector("CreationClassName", "Msvm_ComputerSystem") + kName);
  REQUIRE(answer.reply.status == 200);
  const auto& body = answer.reply.body;
  CHECK(body.find("<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
                  "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
                  "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">") == 0);
  CHECK(
      body.find(
          "<s:Body><p:Msvm_ComputerSystem "
          "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
          "Msvm_ComputerSystem\" "
          "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
          "xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xsi:type=\"p:Msvm_ComputerSystem_Type\">"
          "<p:Caption>Virtual "
          "Machine</p:Caption><p:CreationClassName>Msvm_ComputerSystem</p:CreationClassName>"
          "<p:ElementName>g03</p:ElementName><p:EnabledState>2</p:EnabledState>"
          "<p:InstallDate><cim:Datetime>2026-11-20T09:15:00.5+01:00</cim:Datetime></p:InstallDate>"
          "<p:Name>8C0E8C0E-1111-2222-3333-444455556666</p:Name>"
          "<p:OnTimeInMilliseconds>123456</p:OnTimeInMilliseconds><p:OperationalStatus>2</"
          "p:OperationalStatus>"
          "<p:OperationalStatus>32775</p:OperationalStatus><p:OtherEnabledState xsi:nil=\"true\"/>"
          "</p:Msvm_ComputerSystem></s:Body></s:Envelope>") != std::string::npos);
}

TEST_CASE("selectors may be fewer, quoted, padded and in lower case", "[endpoint]") {
  Lab lab;
  const auto found = [&](std::string_view selectors) {
    const auto answer = lab.get("Msvm_ComputerSystem", selectors);
    return std::string(answer.body().child("p:Msvm_ComputerSystem").child("p:ElementName").text().get());
  };
  CHECK(found(kName) == "g03");
  CHECK(found(selector("name", "8c0e8c0e-1111-2222-3333-444455556666")) == "g03");
  CHECK(found(selector("Name", "\n \"" + kGuid + "\"\n")) == "g03");
  CHECK(found(kName + selector("__cimnamespace", "root/virtualization/v2")) == "g03");
  CHECK(found(selector("Name", "NODE1")) == "NODE1");
}

TEST_CASE("selectors that do not name one object are refused", "[endpoint][hostile]") {
  Lab lab;
  const auto code = [&](std::string_view selectors) {
    return lab.get("Msvm_ComputerSystem", selectors).code();
  };
  CHECK(code("") == "2150858842");
  CHECK(code(selector("CreationClassName", "Msvm_ComputerSystem")) == "2150858846");
  CHECK(code(kName + kName) == "2150858847");
  CHECK(code(selector("ElementName", "g03")) == "2150858843");
  CHECK(code("<w:Selector>x</w:Selector>") == "2150858813");
  const auto missing = lab.get("Msvm_ComputerSystem", selector("Name", "nobody"));
  CHECK(missing.reply.status == 500);
  CHECK(missing.code() == "2150858752");
  CHECK(missing.subcode() == "a:DestinationUnreachable");
  CHECK(missing.error_code() == "2147749890"); // WMI: not found
}

TEST_CASE("a missing class or namespace is an invalid resource URI", "[endpoint]") {
  Lab lab;
  CHECK(lab.get("Msvm_Nothing", kName).code() == "2150858811");
  CHECK(lab.send(envelope(kWmi + "root/none/X", kTransfer + "Get", "", "")).code() == "2150858811");
  CHECK(lab.send(envelope("http://other/X", kTransfer + "Get", "", "")).code() == "2150858811");
  CHECK(lab.send(envelope("", kTransfer + "Get", "", "")).code() == "2150858811");
  CHECK(lab.send(envelope(kWmi + kVirt + "/*", kTransfer + "Get", "", "")).code() == "2150858811");
  CHECK(lab.send(envelope(kWmi + kVirt + "/Msvm_ComputerSystem", kTransfer + "Delete", "", "")).code() ==
        "2150858771");
}

TEST_CASE("the DMTF's resource URIs take the namespace from a selector", "[endpoint]") {
  Lab lab;
  const std::string generic = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
  const auto set =
      "<w:SelectorSet>" + kName + selector("__cimnamespace", "ROOT\\virtualization\\v2") + "</w:SelectorSet>";
  const auto answer = lab.send(envelope(generic + "Msvm_ComputerSystem", kTransfer + "Get", set, ""));
  CHECK(std::string(answer.body().child("p:Msvm_ComputerSystem").attribute("xmlns:p").value()) ==
        generic + "Msvm_ComputerSystem");
}

TEST_CASE("URIs are echoed as the client spelled their namespace", "[endpoint]") {
  Lab lab;
  const auto answer =
      lab.send(envelope("\n" + kWmi + "Root/Virtualization/V2/Msvm_ComputerSystem\n ", kTransfer + "Get",
                        "<w:SelectorSet>" + kName + "</w:SelectorSet>", ""));
  CHECK(std::string(answer.body().first_child().attribute("xmlns:p").value()) ==
        kWmi + "Root/Virtualization/V2/Msvm_ComputerSystem");
}

TEST_CASE("text of guests is escaped", "[endpoint][hostile]") {
  Lab lab;
  const auto answer =
      lab.get("Msvm_ComputerSystem", selector("Name", "00000000-AAAA-BBBB-CCCC-000000000001"));
  CHECK(std::string(answer.body().first_child().child("p:ElementName").text().get()) == "<b>&g04");
}

TEST_CASE("Put sends the properties on and answers with the instance", "[endpoint]") {
  Lab lab;
  const auto set = "<w:SelectorSet>" + selector("InstanceID", "Microsoft:" + kGuid) + "</w:SelectorSet>";
  const auto put = [&](std::string_view class_name, std::string_view selectors, std::string_view content) {
    return lab.send(
        envelope(kWmi + kVirt + "/" + std::string(class_name), kTransfer + "Put", selectors, content));
  };
  const auto answer = put(
      "Msvm_VirtualSystemSettingData", set,
      "<p:X "
      "xmlns:p=\"urn:p\"><p:ElementName>new</p:ElementName><p:Notes>a</p:Notes><p:Notes>b</p:Notes></p:X>");
  REQUIRE(answer.reply.status == 200);
  REQUIRE(lab.machine.invocations.size() == 1);
  const auto& seen = lab.machine.invocations[0];
  CHECK(*seen.target.find("InstanceID") == "Microsoft:" + kGuid);
  CHECK(std::get<std::string>(std::get<Scalar>(*seen.find("ElementName"))) == "new");
  CHECK(std::get<Array>(*seen.find("Notes")).size() == 2);
  CHECK(put("Msvm_VirtualSystemSettingData", set, "<X><Nothing>1</Nothing></X>").code() == "2150858837");
  const auto refused = put("Msvm_ComputerSystem", "<w:SelectorSet>" + kName + "</w:SelectorSet>",
                           "<X><Caption>c</Caption></X>");
  CHECK(refused.code() == "2150858755");
  CHECK(refused.error_code() == std::to_string(0x80041024));
}

TEST_CASE("an answer that does not fit the envelope is a fault", "[endpoint]") {
  Lab lab;
  CHECK(lab.get("Msvm_ComputerSystem", kName, "<w:MaxEnvelopeSize>1000</w:MaxEnvelopeSize>").code() ==
        "2150858824");
  CHECK(lab.get("Msvm_ComputerSystem", kName, "<w:MaxEnvelopeSize>4000</w:MaxEnvelopeSize>").reply.status ==
        200);
}

TEST_CASE("servers before 2012 have no MSFT_WmiError", "[endpoint]") {
  Lab lab("6.1.7601");
  const auto missing = lab.get("Msvm_ComputerSystem", selector("Name", "nobody"));
  CHECK(missing.error_code().empty());
  const auto provider = missing.body()
                            .child("s:Fault")
                            .child("s:Detail")
                            .child("f:WSManFault")
                            .child("f:Message")
                            .child("f:ProviderFault");
  CHECK(std::string(provider.child("f:WSManFault").attribute("Code").value()) == "2147749890");
  CHECK(std::string(provider.attribute("provider").value()) == "WMI Provider");
}
