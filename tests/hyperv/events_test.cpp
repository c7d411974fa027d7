#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

using namespace std::chrono;
const CivilTime kSince = sys_days(year{2026} / 11 / 23) + hours(13) + milliseconds(500);

std::string event(std::string_view record, std::string_view code, std::string_view time,
                  std::string_view rest) {
  return p("RecordNumber", record) + p("EventCode", code) + "<p:TimeGenerated><cim:Datetime>" +
         std::string(time) + "</cim:Datetime></p:TimeGenerated>" + std::string(rest);
}

} // namespace

TEST_CASE("host events after a record come in order and name their guest", "[events]") {
  HypervLab lab;
  lab.hv1.rows(
      kCim, "Win32_NTLogEvent",
      {event("12", "18514", "2026-11-23T14:00:09+01:00",
             p("InsertionStrings", "g03") + p("InsertionStrings", lower(kG03))),
       event("11", "18590", "2026-11-23T13:00:00Z",
             p("InsertionStrings", "g03") + p("InsertionStrings", kG03) + p("InsertionStrings", "0xD1")),
       event("10", "18590", "2026-11-23T13:00:00Z", p("InsertionStrings", kG03)),
       event("13", "18560", "2026-11-23T12:59:59Z", p("InsertionStrings", kG03)),
       event("14", "18560", "20261123130100.000000+000",
             nil("InsertionStrings") + p("Message", "'g03' was reset (Virtual machine ID " + kG03 + ")"))});
  lab.probe_all();
  const auto events = lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 10));
  REQUIRE(events);
  REQUIRE(events->size() == 3);
  CHECK((*events)[0].record == 11);
  CHECK((*events)[0].id == 18590);
  CHECK((*events)[0].guest == kG03);
  CHECK((*events)[0].strings == std::vector<std::string>{"g03", kG03, "0xD1"});
  CHECK((*events)[1].id == 18514);
  CHECK((*events)[1].guest == kG03);
  CHECK((*events)[1].time == sys_days(year{2026} / 11 / 23) + hours(13) + seconds(9));
  CHECK((*events)[2].guest == kG03);

  REQUIRE(lab.hv1.seen.size() == 1);
  CHECK(lab.hv1.seen.front().wql.ends_with(
      "WHERE Logfile='Microsoft-Windows-Hyper-V-Worker-Admin' AND (EventCode=18590 OR EventCode=18560 OR "
      "EventCode=18539 OR EventCode=18514 OR EventCode=18512) AND TimeGenerated >= "
      "'20261123130000.000000+000'"));
}

TEST_CASE("a host that does not show its worker log is found out once", "[events]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent", {});
  lab.hv1.rows(kCim, "Win32_NTEventlogFile", {});
  lab.probe_all();
  for (int i = 0; i < 2; ++i) {
    CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 0)).error().code == Errc::unsupported);
  }
  CHECK(lab.hv1.seen.size() == 2);
}

TEST_CASE("a worker log without events is not mistaken for an absent one", "[events]") {
  const bool listed = GENERATE(true, false);
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent", {});
  if (listed) {
    lab.hv1.rows(kCim, "Win32_NTEventlogFile", {p("LogfileName", "Microsoft-Windows-Hyper-V-Worker-Admin")});
  } // otherwise the list itself is unknown there
  lab.probe_all();
  for (int i = 0; i < 3; ++i) {
    const auto events = lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 0));
    REQUIRE(events);
    CHECK(events->empty());
  }
  CHECK(lab.hv1.queries_of("Win32_NTEventlogFile").size() == 1);
}

TEST_CASE("a refused query of host events is unsupported, a lost one is not", "[events]") {
  HypervLab lab;
  lab.hv1.on_query(kCim, "Win32_NTLogEvent", HostScript::fails(Errc::transport));
  CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 0)).error().code == Errc::transport);
  lab.hv1.on_query(kCim, "Win32_NTLogEvent", HostScript::faults(provider_fault("2147749911")));
  CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 0)).error().code == Errc::unsupported);
}

TEST_CASE("events without number or code are left out", "[events][hostile]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent",
               {"", p("RecordNumber", "5"), p("EventCode", "18590"),
                p("RecordNumber", "-1") + p("EventCode", "1"),
                p("RecordNumber", "6") + p("EventCode", "4294967296"),
                p("RecordNumber", "7") + p("EventCode", "18590") + p("TimeGenerated", "yesterday")});
  const auto events = lab.ask(lab.cluster().host_events("hv1.lab.test", kSince, 0));
  REQUIRE(events);
  REQUIRE(events->size() == 1);
  CHECK(events->front().record == 7);
  CHECK(events->front().guest.empty());
}

TEST_CASE("a guest is asked itself for its bugchecks", "[events]") {
  HypervLab lab;
  const std::string code =
      "0x000000d1 (0xfffff8a0018c2000, 0x0000000000000002, 0x0000000000000000, 0xfffff88001234567)";
  lab.g03.rows(
      kCim, "Win32_NTLogEvent",
      {event("910", "1001", "2026-11-23T13:05:00Z",
             p("InsertionStrings", code) + p("InsertionStrings", "C:\\Windows\\MEMORY.DMP")),
       event("905", "1001", "2026-11-23T13:01:00Z", p("Message", "bugcheck was: " + code + ". Report Id: 1")),
       event("906", "1001", "2026-11-23T13:01:00Z", p("InsertionStrings", "Fault bucket")),
       event("900", "1001", "2026-11-22T13:01:00Z", p("InsertionStrings", code))});
  const auto bugchecks = lab.ask(lab.cluster().bugchecks("G03", kSince));
  REQUIRE(bugchecks);
  REQUIRE(bugchecks->size() == 2);
  CHECK((*bugchecks)[0].record == 905);
  CHECK((*bugchecks)[0].dump_path.empty());
  CHECK((*bugchecks)[1].code == 0xd1);
  CHECK((*bugchecks)[1].parameters[1] == 2);
  CHECK((*bugchecks)[1].dump_path == "C:\\Windows\\MEMORY.DMP");
  CHECK(lab.g03.seen.front().wql.find("Logfile='System' AND EventCode=1001 AND TimeGenerated >= ") !=
        std::string::npos);
  CHECK(lab.hv1.seen.empty());
}

TEST_CASE("a guest that cannot be asked itself is unsupported", "[events]") {
  HypervLab lab;
  CHECK(lab.ask(lab.cluster().bugchecks("g99", kSince)).error().code == Errc::unsupported);
  lab.g03.on_query(kCim, "Win32_NTLogEvent", HostScript::fails(Errc::denied));
  CHECK(lab.ask(lab.cluster().bugchecks("g03", kSince)).error().code == Errc::denied);
}
