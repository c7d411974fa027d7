#include "tests/support/catch.hpp"
#include "tests/support/lab_requests.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

const std::string kService = kWmi + kVirt + "/Msvm_VirtualSystemMigrationService";
const std::string kMigrate = kService + "/MigrateVirtualSystemToHost";

std::string reference(std::string_view content) {
  return "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</"
         "a:Address><a:ReferenceParameters>"
         "<w:ResourceURI>" +
         kWmi + "root/virtualization/v2/Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>" +
         std::string(content) + "</w:SelectorSet></a:ReferenceParameters>";
}

std::string input(std::string_view content, std::string_view name = "p:MigrateVirtualSystemToHost_INPUT") {
  const std::string tag(name);
  return "<" + tag + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:p=\"" + kService +
         "\" xmlns:wsman=\"urn:wrong\">" + std::string(content) + "</" + tag + ">";
}

Scalar scalar(const cim::Value* value) { return value == nullptr ? Scalar() : std::get<Scalar>(*value); }

} // namespace

TEST_CASE("a migration arrives typed, and its job goes back as a reference", "[endpoint]") {
  Lab lab;
  lab.machine.result.return_value = 4096;
  lab.machine.result.out = {
      {"Job", Scalar(cim::ObjectPath{"NODE1", kVirt, "Msvm_MigrationJob", {{"InstanceID", "1D0B"}}})}};
  const auto answer = lab.send(envelope(
      kService, kMigrate, "<w:SelectorSet>" + selector("Name", "migrationwmi") + "</w:SelectorSet>",
      input(
          "<p:ComputerSystem>" +
          reference(selector("CreationClassName", "Msvm_ComputerSystem") + selector("Name", kGuid) +
                    selector("__cimnamespace", "root/virtualization/v2")) +
          "</p:ComputerSystem><p:DestinationHost>node2.lab.test</p:DestinationHost>"
          "<p:MigrationSettingData>&lt;INSTANCE CLASSNAME=\"X\"&gt;&lt;/INSTANCE&gt;</p:MigrationSettingData>"
          "<p:NewResourceSettingData>one</p:NewResourceSettingData>"
          "<p:NewResourceSettingData><![CDATA[<INSTANCE>two</INSTANCE>]]></p:NewResourceSettingData>"
          "<p:NewSystemSettingData xsi:nil=\"true\"/>")));
  REQUIRE(answer.reply.status == 200);
  REQUIRE(lab.machine.invocations.size() == 1);
  const auto& seen = lab.machine.invocations[0];
  CHECK(format_path(seen.target) ==
        "\\\\NODE1\\root\\virtualization\\v2:Msvm_VirtualSystemMigrationService.SystemCreationClassName="
        "\"Msvm_ComputerSystem\",SystemName=\"NODE1\",CreationClassName=\"Msvm_"
        "VirtualSystemMigrationService\",Name="
        "\"migrationwmi\"");
  const auto guest = std::get<cim::ObjectPath>(scalar(seen.find("ComputerSystem")));
  CHECK(guest.ns == kVirt);
  CHECK(guest.keys.size() == 2);
  CHECK(*guest.find("Name") == kGuid);
  CHECK(std::get<std::string>(scalar(seen.find("MigrationSettingData"))) ==
        "<INSTANCE CLASSNAME=\"X\"></INSTANCE>");
  const auto& resources = std::get<Array>(*seen.find("NewResourceSettingData"));
  REQUIRE(resources.size() == 2);
  CHECK(std::get<std::string>(resources[1]) == "<INSTANCE>two</INSTANCE>");
  CHECK(scalar(seen.find("NewSystemSettingData")).index() == 0);

  CHECK(std::string(answer.header("a:Action").text().get()) == kMigrate + "Response");
  const auto output = answer.body().child("p:MigrateVirtualSystemToHost_OUTPUT");
  CHECK(std::string(output.attribute("xmlns:p").value()) == kService);
  CHECK(std::string(output.child("p:ReturnValue").text().get()) == "4096");
  const auto job =
      answer.document.select_node("/s:Envelope/s:Body/p:MigrateVirtualSystemToHost_OUTPUT/p:Job/"
                                  "a:ReferenceParameters/w:SelectorSet/w:Selector[@Name='InstanceID']");
  CHECK(std::string(job.node().text().get()) == "1D0B");
  CHECK(lab.endpoint.counts() == RequestCounts{{"invoke MigrateVirtualSystemToHost", 1}});
  CHECK(lab.engine.asked == std::vector<bool>{true});
}

TEST_CASE("bodies in a wrong namespace, and references inside a wrapper, are accepted", "[endpoint]") {
  Lab lab;
  const auto answer = lab.send(
      envelope("\n " + kService + "\n", kMigrate, "",
               input("<wsman:ComputerSystem><a:EndpointReference>" + reference(selector("Name", kGuid)) +
                         "</a:EndpointReference></wsman:ComputerSystem><wsman:destinationhost>node2</"
                         "wsman:destinationhost>",
                     "wsman:MigrateVirtualSystemToHost_INPUT")));
  CHECK(answer.reply.status == 200);
  REQUIRE(lab.machine.invocations.size() == 1);
  CHECK(*std::get<cim::ObjectPath>(scalar(lab.machine.invocations[0].find("ComputerSystem"))).find("Name") ==
        kGuid);
  CHECK(std::get<std::string>(scalar(lab.machine.invocations[0].find("DestinationHost"))) == "node2");
}

TEST_CASE("an Invoke without a body has no arguments", "[endpoint]") {
  Lab lab;
  CHECK(lab.send(envelope(kService, kMigrate, "", "")).reply.status == 200);
  CHECK(lab.machine.invocations.at(0).in.empty());
}

TEST_CASE("datetimes are read in every form, numbers only in range", "[endpoint]") {
  Lab lab;
  const auto uri = kWmi + kVirt + "/Msvm_ComputerSystem";
  const auto send = [&](std::string_view content) {
    return lab.send(envelope(uri, uri + "/RequestStateChange",
                             "<w:SelectorSet>" + selector("Name", kGuid) + "</w:SelectorSet>",
                             "<p:RequestStateChange_INPUT xmlns:p=\"" + uri + "\">" + std::string(content) +
                                 "</p:RequestStateChange_INPUT>"));
  };
  CHECK(send("<p:RequestedState>2</p:RequestedState><p:TimeoutPeriod><c:Interval "
             "xmlns:c=\"urn:c\">P0DT0H5M0S</c:Interval></p:TimeoutPeriod>")
            .reply.status == 200);
  CHECK(std::get<cim::Interval>(scalar(lab.machine.invocations[0].find("TimeoutPeriod"))).span ==
        std::chrono::minutes(5));
  CHECK(std::get<std::uint64_t>(scalar(lab.machine.invocations[0].find("RequestedState"))) == 2);
  CHECK(send("<p:TimeoutPeriod>20261123140000.000000+060</p:TimeoutPeriod>").reply.status == 200);
  CHECK(send("<p:RequestedState>65536</p:RequestedState>").code() == "2150858836");
  CHECK(send("<p:RequestedState>2</p:RequestedState><p:RequestedState>3</p:RequestedState>").code() ==
        "2150858836");
  CHECK(send("<p:RequestedState><x/></p:RequestedState>").code() == "2150858836");
  CHECK(send("<p:Job>x</p:Job>").code() == "2150858837"); // an out parameter
  CHECK(lab.machine.invocations.size() == 2);
}

TEST_CASE("static methods take no selectors, and objects arrive as instances", "[endpoint]") {
  Lab lab;
  const auto uri = kWmi + "root/cimv2/Win32_Process";
  const auto send = [&](std::string_view type) {
    return lab.send(envelope(
        uri, uri + "/Create", "",
        "<p:Create_INPUT xmlns:p=\"" + uri +
            "\"><p:CommandLine> cmd /c </p:CommandLine>"
            "<p:ProcessStartupInformation xmlns:s1=\"" +
            kWmi + "root/cimv2/Win32_ProcessStartup\" xmlns:xsi=\"urn:xsi\" xsi:type=\"" + std::string(type) +
            "\"><s1:ShowWindow>0</s1:ShowWindow></p:ProcessStartupInformation></p:Create_INPUT>"));
  };
  lab.machine.result.out = {{"ProcessId", number(44)}};
  const auto answer = send("s1:Win32_ProcessStartup_Type");
  REQUIRE(answer.reply.status == 200);
  CHECK(std::string(answer.body().first_child().child("p:ProcessId").text().get()) == "44");
  const auto& seen = lab.machine.invocations.at(0);
  CHECK(seen.target.class_name == "Win32_Process");
  CHECK(std::get<std::string>(scalar(seen.find("CommandLine"))) == " cmd /c ");
  const auto startup = std::get<cim::InstancePtr>(scalar(seen.find("ProcessStartupInformation")));
  CHECK(startup->definition().name == "Win32_ProcessStartup");
  CHECK(std::get<std::uint64_t>(scalar(startup->find("ShowWindow"))) == 0);
  CHECK(send("s1:Nothing_Type").code() == "2150858836");
}

TEST_CASE("void methods have no return value, instances in strings become CIM-XML", "[endpoint]") {
  Lab lab;
  lab.machine.result.is_void = true;
  lab.machine.result.out = {{"NewSystemSettingData", Scalar(cim::InstancePtr(lab.machine.instances.at(0)))}};
  const auto answer = lab.send(envelope(kService, kMigrate, "", ""));
  CHECK(answer.body().first_child().child("p:ReturnValue").empty());
  CHECK(std::string(answer.body().first_child().child("p:NewSystemSettingData").text().get())
            .rfind("<INSTANCE ", 0) == 0);
}

TEST_CASE("actions that do not fit the resource are refused", "[endpoint][hostile]") {
  Lab lab;
  const auto code = [&](std::string_view action) {
    return lab.send(envelope(kService, action, "", "")).code();
  };
  CHECK(code(kWmi + kVirt + "/Msvm_ComputerSystem/RequestStateChange") == "2150858801");
  CHECK(code(kService + "/Nothing") == "2150858753");
  CHECK(code("http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe") == "2150858811");
  CHECK(code("Enumerate") == "2150858771");
  CHECK(lab.send(envelope(kService, kMigrate, "", "<p:Other_INPUT xmlns:p=\"urn:p\"/>")).code() ==
        "2150858791");
  CHECK(lab.machine.invocations.empty());
}

TEST_CASE("what the provider refuses becomes a fault with WMI's code inside", "[endpoint]") {
  Lab lab;
  lab.machine.result.fault = cim::MethodFault{0x80041008, "Invalid parameter"};
  const auto fault = lab.send(envelope(kService, kMigrate, "", ""));
  CHECK(fault.reply.status == 500);
  CHECK(fault.code() == "2150858755");
  CHECK(fault.error_code() == "2147749896");
  lab.machine.result.fault = cim::MethodFault{0x80041003, ""};
  const auto denied = lab.send(envelope(kService, kMigrate, "", ""));
  CHECK(denied.code() == "5");
  CHECK(denied.subcode() == "w:AccessDenied");
}

TEST_CASE("a result that does not fit is reported as carried out", "[endpoint]") {
  Lab lab;
  lab.machine.result.out = {{"NewSystemSettingData", text(std::string(5000, 'x'))}};
  const auto answer =
      lab.send(envelope(kService, kMigrate, "<w:MaxEnvelopeSize>4000</w:MaxEnvelopeSize>", ""));
  CHECK(answer.code() == "2150858829");
  CHECK(lab.machine.invocations.size() == 1);
}

TEST_CASE("an Invoke whose answer is lost was carried out once", "[endpoint]") {
  Lab lab;
  lab.engine.fault = WireFault::lose_reply;
  CHECK(lab.send(envelope(kService, kMigrate, "", "")).reply.lost());
  CHECK(lab.machine.invocations.size() == 1);
  CHECK(lab.endpoint.counts() == RequestCounts{{"invoke MigrateVirtualSystemToHost", 1}});
}
