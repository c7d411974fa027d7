#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

constexpr std::string_view kMethod = "GetSummaryInformation";

std::string native(std::string_view inner) {
  return "<p:SummaryInformation xmlns:q=\"urn:q\" xsi:type=\"q:Msvm_SummaryInformation_Type\">" +
         std::string(inner) + "</p:SummaryInformation>";
}

std::string as_text(const std::string& uptime) {
  return p("SummaryInformation",
           escaped("<INSTANCE CLASSNAME=\"Msvm_SummaryInformation\">"
                   "<PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE>" +
                   kG03 +
                   "</VALUE></PROPERTY>"
                   "<PROPERTY NAME=\"ElementName\" TYPE=\"string\"><VALUE>g03</VALUE></PROPERTY>"
                   "<PROPERTY NAME=\"EnabledState\" TYPE=\"uint16\"><VALUE>2</VALUE></PROPERTY>"
                   "<PROPERTY NAME=\"Heartbeat\" TYPE=\"uint16\"><VALUE>13</VALUE></PROPERTY>"
                   "<PROPERTY NAME=\"UpTime\" TYPE=\"uint64\"><VALUE>" +
                   uptime +
                   "</VALUE></PROPERTY>"
                   "<PROPERTY.ARRAY NAME=\"OperationalStatus\" TYPE=\"uint16\"><VALUE.ARRAY><VALUE>11</VALUE>"
                   "<VALUE>32774</VALUE></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>"));
}

} // namespace

TEST_CASE("a summary of all guests is one call", "[summary]") {
  HypervLab lab;
  lab.hv1.returns(kMethod, native("<q:Name>" + kG03 +
                                  "</q:Name><q:ElementName>g03</q:ElementName><q:EnabledState>2"
                                  "</q:EnabledState><q:Heartbeat>2</q:Heartbeat><q:UpTime>123456</q:UpTime>"
                                  "<q:OperationalStatus>2</q:OperationalStatus><q:Notes xsi:nil=\"true\"/>") +
                               native("<q:Name></q:Name>") + p("ReturnValue", "0"));
  lab.probe_all();
  const auto summary = lab.ask(lab.cluster().summary("HV1.lab.test"));
  REQUIRE(summary);
  CHECK(summary->host == "hv1.lab.test");
  REQUIRE(summary->guests.size() == 1);
  const GuestSummary& guest = summary->guests.front();
  CHECK(guest.id == kG03);
  CHECK(guest.name == "g03");
  CHECK(guest.state == EnabledState::enabled);
  CHECK(guest.heartbeat == Heartbeat::ok);
  CHECK(guest.uptime_ms == 123456);
  CHECK_FALSE(guest.migrating);

  REQUIRE(lab.hv1.seen.size() == 1);
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.argument("SettingData") == "<nil>");
  CHECK(request.arguments.at("RequestedInformation") ==
        std::vector<std::string>{"0", "1", "100", "103", "104", "105", "110"});
  CHECK(request.selectors.at("Name") == "vmms");
}

TEST_CASE("a summary may come as CIM-XML text, and shows a reset and a migration", "[summary]") {
  HypervLab lab;
  lab.hv1.returns(kMethod, as_text("900000") + p("ReturnValue", "0"));
  const auto before = lab.ask(lab.cluster().summary("hv1.lab.test"));
  lab.hv1.returns(kMethod, as_text("1500") + p("ReturnValue", "0"));
  const auto after = lab.ask(lab.cluster().summary("hv1.lab.test"));
  REQUIRE(before);
  REQUIRE(after);
  CHECK(before->guests.front().heartbeat == Heartbeat::lost_communication);
  CHECK(before->guests.front().migrating);
  CHECK(after->guests.front().uptime_ms < before->guests.front().uptime_ms);
}

TEST_CASE("a host without guests has an empty summary", "[summary]") {
  HypervLab lab;
  lab.hv1.returns(kMethod, p("ReturnValue", "0"));
  CHECK(lab.ask(lab.cluster().summary("hv1.lab.test"))->guests.empty());
}

TEST_CASE("a useless summary is replaced by queries", "[summary][hostile]") {
  const std::string out =
      GENERATE(p("ReturnValue", "32770"), native("<q:Foo>1</q:Foo>") + p("ReturnValue", "0"),
               native("<q:Name>" + kG03 + "</q:Name>") + p("ReturnValue", "0"),
               p("SummaryInformation", "gibberish") + p("ReturnValue", "0"));
  HypervLab lab;
  lab.hv1.returns(kMethod, out);
  lab.hv1.rows(kNs2, "Msvm_HeartbeatComponent",
               {p("SystemName", kG03) + p("OperationalStatus", "12") + p("OperationalStatus", "32775")});
  const auto summary = lab.ask(lab.cluster().summary("hv1.lab.test"));
  REQUIRE(summary);
  REQUIRE(summary->guests.size() == 2);
  CHECK(summary->guests[0].id == kG03);
  CHECK(summary->guests[0].heartbeat == Heartbeat::no_contact);
  CHECK(summary->guests[0].uptime_ms == 5000);
  CHECK(summary->guests[1].id == kG04);
  CHECK(summary->guests[1].state == EnabledState::quiesce);
  CHECK(summary->guests[1].heartbeat == Heartbeat::unknown);
  CHECK(summary->guests[1].migrating);
}

TEST_CASE("a method that stays useless is not asked for ever", "[summary]") {
  HypervLab lab;
  lab.probe_all();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(lab.ask(lab.cluster().summary("hv1.lab.test")));
  }
  CHECK(lab.hv1.calls_of(kMethod).size() == 3);
  REQUIRE(lab.ask(lab.cluster().probe("hv1.lab.test")));
  REQUIRE(lab.ask(lab.cluster().summary("hv1.lab.test")));
  CHECK(lab.hv1.calls_of(kMethod).size() == 4);
}

TEST_CASE("a lost summary is asked for again and dates from the last asking", "[summary]") {
  HypervLab lab;
  int asked = 0;
  lab.hv1.on_method(kMethod, [&asked](const SeenRequest& request) {
    return ++asked == 1
               ? HostScript::fails(Errc::unknown_outcome)(request)
               : HostScript::says("<p:GetSummaryInformation_OUTPUT xmlns:p=\"urn:c\"><p:ReturnValue>0"
                                  "</p:ReturnValue></p:GetSummaryInformation_OUTPUT>")(request);
  });
  lab.probe_all();
  const auto summary = lab.ask(lab.cluster().summary("hv1.lab.test"));
  REQUIRE(summary);
  CHECK(asked == 2);
  CHECK(summary->asked == std::chrono::milliseconds(250));
}

TEST_CASE("a host that is away is a transport error, not an unknown outcome", "[summary]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.on_method(kMethod, HostScript::fails(Errc::unknown_outcome));
  lab.hv1.on_query(kNs2, "Msvm_ComputerSystem", HostScript::fails(Errc::unknown_outcome));
  CHECK(lab.ask(lab.cluster().summary("hv1.lab.test")).error().code == Errc::transport);
}

TEST_CASE("a summary that is never readable is replaced by queries after some tries", "[summary][hostile]") {
  HypervLab lab;
  lab.hv1.on_method(kMethod, HostScript::says("<p:Something xmlns:p=\"urn:c\"/>"));
  for (int i = 0; i < 3; ++i) {
    CHECK(lab.ask(lab.cluster().summary("hv1.lab.test")).error().code == Errc::transport);
  }
  CHECK(lab.ask(lab.cluster().summary("hv1.lab.test"))->guests.size() == 2);
}

TEST_CASE("a v1 host's summary has v2's states", "[summary]") {
  HypervLab lab;
  make_2008r2(lab.hv1 = HostScript(), "HV1");
  const auto summary = lab.ask(lab.cluster().summary("hv1.lab.test"));
  REQUIRE(summary);
  REQUIRE(summary->guests.size() == 1);
  CHECK(summary->guests.front().state == EnabledState::quiesce);
}
