#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

using namespace std::chrono;
const CivilTime kSince = sys_days(year{2026} / 11 / 23) + hours(13) + milliseconds(500);

// A reader of all logs of a host that has taken in the worker's up to a record.
std::vector<EventMark> host_marks(std::uint64_t record = 0) {
  std::vector<EventMark> marks;
  for (const EventLog log : {EventLog::worker, EventLog::vmms, EventLog::high_availability,
                             EventLog::integration, EventLog::system}) {
    marks.push_back({log, log == EventLog::worker ? record : 0, kSince});
  }
  return marks;
}
std::vector<EventMark> guest_marks() { return {{EventLog::system, 0, kSince}}; }

std::string event(std::string_view record, std::string_view code, std::string_view time,
                  std::string_view rest) {
  return p("RecordNumber", record) + p("EventCode", code) + "<p:TimeGenerated><cim:Datetime>" +
         std::string(time) + "</cim:Datetime></p:TimeGenerated>" + std::string(rest);
}

} // namespace

TEST_CASE("where subscriptions are refused, host events after a record come by query, in order, and name "
          "their guest",
          "[events]") {
  HypervLab lab;
  lab.hv1.rows(
      kCim, "Win32_NTLogEvent",
      {event("12", "18514", "2026-11-23T14:00:09+01:00",
             p("InsertionStrings", "g03") + p("InsertionStrings", lower(kG03))),
       event("11", "18590", "2026-11-23T13:00:00Z",
             p("InsertionStrings", "g03") + p("InsertionStrings", kG03) + p("InsertionStrings", "0xD1")),
       event("10", "18590", "2026-11-23T13:00:00Z", p("InsertionStrings", kG03)),
       event("9", "18560", "2026-11-23T12:59:59Z", p("InsertionStrings", kG03)),
       event("14", "18560", "20261123130100.000000+000",
             nil("InsertionStrings") + p("Message", "'g03' was reset (Virtual machine ID " + kG03 + ")"))});
  lab.probe_all();
  const auto batch = lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks(10)));
  REQUIRE(batch);
  CHECK_FALSE(batch->subscribed);
  const std::vector<HostEvent>& events = batch->events;
  REQUIRE(events.size() == 3);
  CHECK(events[0].record == 11);
  CHECK(events[0].id == 18590);
  CHECK(events[0].guest == kG03);
  CHECK(events[0].strings == std::vector<std::string>{"g03", kG03, "0xD1"});
  CHECK(events[1].id == 18514);
  CHECK(events[1].guest == kG03);
  CHECK(events[1].time == sys_days(year{2026} / 11 / 23) + hours(13) + seconds(9));
  CHECK(events[2].guest == kG03);
  CHECK(batch->marks[0].record == 14);

  const std::vector<SeenRequest> asked = lab.hv1.queries_of("Win32_NTLogEvent");
  REQUIRE(asked.size() == 2); // the System log as well
  CHECK(asked.front().wql.find(
            "WHERE Logfile='Microsoft-Windows-Hyper-V-Worker-Admin' AND (EventCode=18590 OR ") !=
        std::string::npos);
  CHECK(asked.front().wql.ends_with("AND TimeGenerated >= '20261123125000.000000+000'"));
}

TEST_CASE("a log that was cleared counts from one again, and loses nothing by it", "[events]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent",
               {event("3", "18590", "2026-11-23T13:05:00Z", p("InsertionStrings", kG03))});
  const auto batch = lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks(4000)));
  REQUIRE(batch);
  REQUIRE(batch->events.size() == 1);
  CHECK(batch->marks[0].record == 3);
  const auto again = lab.ask(lab.cluster().host_events("hv1.lab.test", batch->marks));
  REQUIRE(again);
  CHECK(again->events.empty());
}

TEST_CASE("a host that does not show its worker log is found out once", "[events]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent", {});
  lab.hv1.rows(kCim, "Win32_NTEventlogFile", {});
  lab.probe_all();
  for (int i = 0; i < 2; ++i) {
    CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks())).error().code == Errc::unsupported);
  }
  CHECK(lab.hv1.queries_of("Win32_NTLogEvent").size() == 1);
  CHECK(lab.hv1.queries_of("Win32_NTEventlogFile").size() == 1);
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
    const auto events = lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks()));
    REQUIRE(events);
    CHECK(events->events.empty());
  }
  CHECK(lab.hv1.queries_of("Win32_NTEventlogFile").size() == 1);
}

TEST_CASE("a refused query of host events is unsupported, a lost one is not", "[events]") {
  HypervLab lab;
  lab.hv1.on_query(kCim, "Win32_NTLogEvent", HostScript::fails(Errc::transport));
  CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks())).error().code == Errc::transport);
  lab.hv1.on_query(kCim, "Win32_NTLogEvent", HostScript::faults(provider_fault("2147749911")));
  CHECK(lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks())).error().code == Errc::unsupported);
}

TEST_CASE("events without number or code are left out", "[events][hostile]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_NTLogEvent",
               {"", p("RecordNumber", "5"), p("EventCode", "18590"),
                p("RecordNumber", "-1") + p("EventCode", "1"),
                p("RecordNumber", "6") + p("EventCode", "4294967296"),
                p("RecordNumber", "7") + p("EventCode", "18590") + p("TimeGenerated", "yesterday")});
  const auto events = lab.ask(lab.cluster().host_events("hv1.lab.test", host_marks()));
  REQUIRE(events);
  REQUIRE(events->events.size() == 1);
  CHECK(events->events.front().record == 7);
  CHECK(events->events.front().guest.empty());
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
  const auto batch = lab.ask(lab.cluster().guest_events("G03", guest_marks()));
  REQUIRE(batch);
  const std::vector<GuestEvent>& bugchecks = batch->events;
  REQUIRE(bugchecks.size() == 2);
  CHECK(bugchecks[0].record == 905);
  CHECK(bugchecks[0].dump_path.empty());
  CHECK(bugchecks[1].code == 0xd1);
  CHECK(bugchecks[1].parameters[1] == 2);
  CHECK(bugchecks[1].dump_path == "C:\\Windows\\MEMORY.DMP");
  CHECK(lab.g03.queries_of("Win32_NTLogEvent").front().wql.find("Logfile='System' AND (EventCode=1001 OR ") !=
        std::string::npos);
  CHECK(lab.hv1.seen.empty());
}

TEST_CASE("what a guest's log says of a start that was not clean is told from others' events of that number",
          "[events]") {
  HypervLab lab;
  const auto strings = [](std::vector<std::string> of) {
    std::string all;
    for (const std::string& one : of) {
      all += p("InsertionStrings", one);
    }
    return all;
  };
  const std::string power = p("SourceName", "Microsoft-Windows-Kernel-Power");
  lab.g03.rows(
      kCim, "Win32_NTLogEvent",
      {event("1", "41", "2026-11-23T13:05:00Z", power + strings({"209", "0x10", "2", "0x0", "0xfffff880"})),
       event("2", "41", "2026-11-23T13:05:00Z", power + strings({"0x100000d1", "16"})),
       event("3", "41", "2026-11-23T13:05:00Z", power + strings({"0", "0x0"})),
       event("4", "41", "2026-11-23T13:05:00Z", power),
       event("5", "41", "2026-11-23T13:05:00Z", p("SourceName", "Other") + strings({"209"})),
       event("6", "6008", "2026-11-23T13:05:00Z",
             p("SourceName", "EventLog") + strings({"13:00", "23.11.2026"})),
       event("7", "46", "2026-11-23T13:05:00Z", p("SourceName", "volmgr")),
       event("8", "161", "2026-11-23T13:05:00Z", p("SourceName", "volmgr")),
       event("9", "161", "2026-11-23T13:05:00Z", p("SourceName", "Other"))});
  const auto batch = lab.ask(lab.cluster().guest_events("g03", guest_marks()));
  REQUIRE(batch);
  const std::vector<GuestEvent>& events = batch->events;
  REQUIRE(events.size() == 7);
  CHECK(events[0].kind == GuestEventKind::unclean_start);
  CHECK(events[0].code == 0xd1);
  CHECK(events[0].parameters == std::array<std::uint64_t, 4>{0x10, 2, 0, 0xfffff880});
  CHECK(events[1].code == 0xd1);
  CHECK(events[1].parameters[0] == 16);
  CHECK(events[2].code == 0);
  CHECK(events[3].code == 0);
  CHECK(events[4].kind == GuestEventKind::unclean_shutdown);
  CHECK(events[5].kind == GuestEventKind::dump_not_prepared);
  CHECK(events[6].kind == GuestEventKind::dump_failed);
  CHECK(batch->marks.front().record == 9);
}

TEST_CASE("a guest that cannot be asked itself is unsupported", "[events]") {
  HypervLab lab;
  CHECK(lab.ask(lab.cluster().guest_events("g99", guest_marks())).error().code == Errc::unsupported);
  lab.g03.on_query(kCim, "Win32_NTLogEvent", HostScript::fails(Errc::denied));
  CHECK(lab.ask(lab.cluster().guest_events("g03", guest_marks())).error().code == Errc::denied);
}

TEST_CASE("a guest tells for how long it has run by its own clock alone", "[events]") {
  HypervLab lab;
  lab.g03.rows(kCim, "Win32_OperatingSystem",
               {"<p:LastBootUpTime><cim:Datetime>2026-11-23T12:00:00Z</cim:Datetime></p:LastBootUpTime>"
                "<p:LocalDateTime><cim:Datetime>2026-11-23T14:00:05+01:00</cim:Datetime></p:LocalDateTime>"});
  const auto uptime = lab.ask(lab.cluster().guest_uptime("g03"));
  REQUIRE(uptime);
  CHECK(*uptime == hours(1) + seconds(5));
  lab.g03.rows(kCim, "Win32_OperatingSystem", {p("LastBootUpTime", "tomorrow")});
  CHECK(lab.ask(lab.cluster().guest_uptime("g03")).error().code == Errc::remote_fault);
}
