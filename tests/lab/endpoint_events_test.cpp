#include "tests/support/catch.hpp"
#include "tests/support/lab_model.hpp"
#include "tests/support/lab_requests.hpp"
#include "tests/support/model_engine.hpp"
#include "tools/lab/wsman/event_filter.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using migstorm::lab::wsman::EventFilter;
using namespace std::chrono_literals;

namespace {

const std::string kEventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
const std::string kEventLog = "http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog";
const std::string kWorker = "Microsoft-Windows-Hyper-V-Worker-Admin";
const std::string kEarliest =
    "<w:Bookmark>http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest</w:Bookmark>";

// One host and one guest that crashes on it.
struct Events {
  explicit Events(const std::string& release = "2012r2")
      : engine(
            *lab::Model::make(lab_config("simulated:\n  hosts: [{name: A, winrm: true, release: " + release +
                                         "}]\n  guests: [{name: g, on: A, release: 2012r2}]\n"
                                         "  crash: {hazard: 0, dump: 30s, reboot: 60s}\n"),
                              clock, 1, "")),
        endpoint(engine, clock, 1) {}

  Answer ask(const std::string& action, const std::string& body, const std::string& headers = "") {
    wsman::HttpRequest request;
    request.authorization = "Basic TEFCXG1pZ3N0b3JtOm5vdC1hLXNlY3JldA=="; // LAB\migstorm:not-a-secret
    request.body = envelope(kEventLog, action, headers, body);
    Answer answer;
    answer.reply = endpoint.answer(0, std::move(request));
    answer.document.load_string(answer.reply.body.c_str());
    return answer;
  }
  Answer subscribe(const std::string& channel, const std::string& xpath = "*",
                   const std::string& more = kEarliest, const std::string& headers = "") {
    return ask(kEventing + "/Subscribe",
               "<e:Subscribe xmlns:e=\"" + kEventing +
                   "\"><e:Delivery Mode=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull\"/>"
                   "<e:Expires>PT10M</e:Expires><w:Filter "
                   "Dialect=\"http://schemas.microsoft.com/win/2004/08/events/eventquery\"><QueryList><Query "
                   "Id=\"0\"><Select Path=\"" +
                   channel + "\">" + xpath + "</Select></Query></QueryList></w:Filter>" + more +
                   "</e:Subscribe>",
               headers);
  }
  std::string context_of(const Answer& answer) {
    return answer.body().child("e:SubscribeResponse").child("n:EnumerationContext").text().get();
  }
  std::string identifier_of(const Answer& answer) {
    return answer.body()
        .child("e:SubscribeResponse")
        .child("e:SubscriptionManager")
        .child("a:ReferenceParameters")
        .child("e:Identifier")
        .text()
        .get();
  }
  Answer pull(const std::string& context, int elements = 10) {
    return ask(kEnum + "Pull", "<n:Pull><n:EnumerationContext>" + context +
                                   "</n:EnumerationContext><n:MaxElements>" + std::to_string(elements) +
                                   "</n:MaxElements></n:Pull>");
  }
  static std::string ids(const Answer& answer) {
    std::string all;
    for (const pugi::xml_node& item : answer.body().child("n:PullResponse").child("n:Items").children()) {
      const pugi::xml_node event = std::string(item.name()) == "Event" ? item : item.child("Event");
      all += (all.empty() ? "" : " ") + std::string(event.child("System").child("EventID").text().get());
    }
    return all;
  }
  void pass(Span span) {
    clock.at += span;
    engine.advance();
  }

  HandClock clock;
  ModelEngine engine;
  lab::wsman::Endpoint endpoint;
};

} // namespace

TEST_CASE("a subscription gives what its channel holds and then what comes", "[endpoint][events]") {
  Events lab;
  REQUIRE(lab.engine.model->inject_nmi(0) == 0);
  const auto opened = lab.subscribe(kWorker);
  CHECK(std::string(opened.body().child("e:SubscribeResponse").child("e:Expires").text().get()) ==
        "PT600.000S");
  const std::string context = lab.context_of(opened);
  const auto first = lab.pull(context);
  CHECK(Events::ids(first) == "18590");
  const auto event = first.body().child("n:PullResponse").child("n:Items").child("Event");
  CHECK(std::string(event.child("System").child("Channel").text().get()) == kWorker);
  CHECK(std::string(event.child("UserData").child("VmlEventLog").child("VmErrorCode0").text().get()) ==
        "0x80");
  CHECK(event.child("RenderingInfo"));
  CHECK(lab.pull(context).code() == "2150858793"); // w:TimedOut: nothing new
  lab.pass(3min);
  CHECK(Events::ids(lab.pull(context, 1)) == "18602");
  CHECK(Events::ids(lab.pull(context)) == "18514");
}

TEST_CASE("where a subscription begins is what it asked for", "[endpoint][events]") {
  Events lab;
  REQUIRE(lab.engine.model->inject_nmi(0) == 0);
  lab.pass(3min);
  const auto after = [](int record) {
    return "<w:Bookmark><BookmarkList><Bookmark Channel=\"" + kWorker + "\" RecordId=\"" +
           std::to_string(record) + "\"/></BookmarkList></w:Bookmark>";
  };
  CHECK(Events::ids(lab.pull(lab.context_of(lab.subscribe(kWorker, "*", after(1))))) == "18602 18514");
  CHECK(lab.pull(lab.context_of(lab.subscribe(kWorker, "*", ""))).code() == "2150858793"); // only what is new
  CHECK(Events::ids(lab.pull(lab.context_of(lab.subscribe(kWorker, "*[System[EventID=18514]]")))) == "18514");
  CHECK(lab.subscribe(kWorker, "*", after(99)).code() == "2150858808");
  CHECK(lab.subscribe(kWorker, "*", "<w:Bookmark>tomorrow</w:Bookmark>").code() == "2150858808");
}

TEST_CASE("an item carries a bookmark where that is asked for", "[endpoint][events]") {
  Events lab;
  REQUIRE(lab.engine.model->inject_nmi(0) == 0);
  const auto answer = lab.pull(lab.context_of(lab.subscribe(kWorker, "*", kEarliest + "<w:SendBookmarks/>")));
  CHECK(Events::ids(answer) == "18590");
  const auto item = answer.body().child("n:PullResponse").child("n:Items").child("w:Item");
  const auto mark = item.child("w:Bookmark").child("BookmarkList").child("Bookmark");
  CHECK(std::string(mark.attribute("RecordId").value()) == "1");
  CHECK(std::string(mark.attribute("Channel").value()) == kWorker);
}

TEST_CASE("what does not exist is refused as what it is", "[endpoint][events]") {
  Events lab;
  CHECK(lab.subscribe("No-Such-Channel").code() == "15007");
  CHECK(lab.subscribe("No-Such-Channel", "*", kEarliest,
                      "<w:OptionSet><w:Option Name=\"IgnoreChannelError\"/></w:OptionSet>")
            .code() == "2150858786"); // and then there is nothing left
  CHECK(lab.subscribe(kWorker, "*[UserData[x]]").code() == "2150858786");
  CHECK(lab.subscribe(kWorker, "*", "<e:Expires>PT0S</e:Expires>").reply.status ==
        200); // the first one counts
  CHECK(lab.ask(kEventing + "/Subscribe",
                "<e:Subscribe xmlns:e=\"" + kEventing + "\"><e:Delivery Mode=\"urn:push\"/></e:Subscribe>")
            .code() == "2150858782");
  CHECK(lab.ask(kEventing + "/Renew", "<e:Renew xmlns:e=\"" + kEventing + "\"/>").code() == "2150858788");
  CHECK(lab.ask(kEventing + "/Unsubscribe", "<e:Unsubscribe xmlns:e=\"" + kEventing + "\"/>").code() ==
        "2150858789");
}

TEST_CASE("a subscription ends by its time, by being given back, and by a restart of the machine",
          "[endpoint][events]") {
  Events lab;
  const auto opened = lab.subscribe(kWorker);
  const std::string header =
      "<e:Identifier xmlns:e=\"" + kEventing + "\">" + lab.identifier_of(opened) + "</e:Identifier>";
  SECTION("by its time, unless it is renewed") {
    lab.pass(9min);
    const auto renewed =
        lab.ask(kEventing + "/Renew",
                "<e:Renew xmlns:e=\"" + kEventing + "\"><e:Expires>PT5M</e:Expires></e:Renew>", header);
    CHECK(std::string(renewed.body().child("e:RenewResponse").child("e:Expires").text().get()) ==
          "PT300.000S");
    lab.pass(4min);
    CHECK(lab.pull(lab.context_of(opened)).code() == "2150858793");
    lab.pass(2min);
  }
  SECTION("given back") {
    CHECK(lab.ask(kEventing + "/Unsubscribe", "<e:Unsubscribe xmlns:e=\"" + kEventing + "\"/>", header)
              .reply.status == 200);
  }
  CHECK(lab.pull(lab.context_of(opened)).code() == "2150858779");
}

TEST_CASE("a host of 2008 R2 takes one subscription at a time", "[endpoint][events]") {
  Events lab("2008r2sp1");
  CHECK(lab.subscribe(kWorker).reply.status == 200);
  CHECK(lab.subscribe(kWorker).code() == "2150859174");
  lab.pass(11min);
  CHECK(lab.subscribe(kWorker).reply.status == 200);
}

TEST_CASE("event queries tell events apart by number, provider, level and time", "[events]") {
  lab::cim::LoggedEvent event;
  event.id = 41;
  event.record = 7;
  event.level = 1;
  event.provider = "Microsoft-Windows-Kernel-Power";
  const CivilTime at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 13h;
  event.at = at;
  const auto matches = [&](const std::string& inner) {
    const auto filter = EventFilter::parse("*[System[" + inner + "]]");
    INFO(inner);
    REQUIRE(filter);
    return filter->matches(event, at + 10s);
  };
  CHECK(matches("EventID=41"));
  CHECK(matches("(EventID=1 or EventID=41) and Level<=2"));
  CHECK_FALSE(matches("EventID=1 or EventID=40"));
  CHECK(matches("EventRecordID > 6 and EventRecordID < 8"));
  CHECK(matches("Provider[@Name='x' or @Name='Microsoft-Windows-Kernel-Power']"));
  CHECK_FALSE(matches("Provider[@Name=\"x\"]"));
  CHECK(matches("TimeCreated[@SystemTime >= '2026-11-23T13:00:00.000Z']"));
  CHECK_FALSE(matches("TimeCreated[@SystemTime > '2026-11-23T13:00:00.000Z']"));
  CHECK(matches("TimeCreated[timediff(@SystemTime) <= 10000]"));
  CHECK_FALSE(matches("TimeCreated[timediff(@SystemTime) <= 9999]"));
  CHECK(EventFilter::parse("*"));
}

TEST_CASE("what is no event query is refused", "[events][hostile]") {
  std::string many = "EventID=0";
  for (int i = 1; i < 24; ++i) {
    many += " or EventID=" + std::to_string(i);
  }
  std::string deep(40, '(');
  for (const std::string& text : std::vector<std::string>{
           "", "System", "*[", "*[System[]]", "*[System[EventID]]", "*[System[EventID=x]]",
           "*[System[EventIDs=1]]", "*[System[EventID=1]] or *", "*[System[EventID=99999999999999999999]]",
           "*[System[Provider[@Name='x]]]", "*[System[TimeCreated[@SystemTime >= 'now']]]",
           "*[EventData[Data='x']]", "*[System[" + many + "]]", "*[System[" + deep + "EventID=1"}) {
    INFO(text);
    CHECK_FALSE(EventFilter::parse(text));
  }
}
