#include "harness/wsman/eventing.hpp"

#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/soap.hpp"

#include <pugixml.hpp>

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

RequestHead head() { return {"http://host:5985/wsman", "uuid:1", 153600, 60s}; }

SoapReply reply_of(const std::string& body) {
  auto reply = SoapReply::parse(test::envelope("uuid:1", body), 1U << 20U);
  REQUIRE(reply);
  return *std::move(reply);
}

std::string event(const std::string& id, const std::string& record, const std::string& rest,
                  const std::string& time = "2026-11-23T13:00:00.5Z") {
  return "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
         "<Provider Name=\"Microsoft-Windows-Hyper-V-Worker\"/>" +
         id + "<TimeCreated SystemTime=\"" + time + "\"/><EventRecordID>" + record +
         "</EventRecordID><Channel>System</Channel></System>" + rest + "</Event>";
}

std::string page(const std::string& items) {
  return "<n:PullResponse xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">"
         "<n:EnumerationContext>uuid:next</n:EnumerationContext><n:Items>" +
         items + "</n:Items></n:PullResponse>";
}

} // namespace

TEST_CASE("a subscription asks for each channel's events after its bookmark", "[eventing]") {
  SubscribeWish wish;
  wish.queries = {{"System", "*[System[EventID<5]]"}, {"Other", "*"}};
  wish.bookmarks = {{"System", 7}, {"Other", 149140}};
  wish.expires = 15min;
  pugi::xml_document document;
  REQUIRE(document.load_string(format_subscribe(head(), wish).c_str()));
  const pugi::xml_node subscribe = document.child("s:Envelope").child("s:Body").child("e:Subscribe");
  CHECK(std::string(subscribe.child("e:Delivery").attribute("Mode").value()).ends_with("/wsman/Pull"));
  CHECK(std::string(subscribe.child("e:Expires").text().get()) == "PT900S");
  const pugi::xml_node query = subscribe.child("w:Filter").child("QueryList").child("Query");
  CHECK(std::string(query.child("Select").text().get()) == "*[System[EventID<5]]");
  CHECK(std::string(query.last_child().attribute("Path").value()) == "Other");
  const pugi::xml_node marks = subscribe.child("w:Bookmark").child("BookmarkList");
  CHECK(std::string(marks.first_child().attribute("RecordId").value()) == "7");
  CHECK(std::string(marks.last_child().attribute("Channel").value()) == "Other");
  wish.bookmarks.clear();
  CHECK_THAT(format_subscribe(head(), wish), Contains("/bookmark/earliest</w:Bookmark>"));
}

TEST_CASE("the identifier of a subscription is read from either kind of reference, and said with its end",
          "[eventing]") {
  const std::string place = GENERATE("a:ReferenceParameters", "a:ReferenceProperties");
  const auto opened = read_subscription(reply_of(
      "<e:SubscribeResponse xmlns:e=\"urn:e\" xmlns:n=\"urn:n\"><e:SubscriptionManager><" + place +
      "><e:Identifier> uuid:id </e:Identifier></" + place +
      "></e:SubscriptionManager><n:EnumerationContext>uuid:c</n:EnumerationContext></e:SubscribeResponse>"));
  REQUIRE(opened);
  CHECK(opened->identifier == "uuid:id");
  CHECK(opened->context == "uuid:c");
  CHECK_THAT(format_unsubscribe(head(), *opened),
             Contains(">uuid:id</e:Identifier>") && Contains("<e:Unsubscribe"));
  CHECK_FALSE(read_subscription(reply_of("<e:SubscribeResponse xmlns:e=\"urn:e\"/>")));
}

TEST_CASE("events are read bare, wrapped with a bookmark, and as text", "[eventing]") {
  const std::string crash =
      event("<EventID Qualifiers=\"3\">18590</EventID>", "11",
            "<UserData><VmlEventLog xmlns=\"urn:x\"><VmName>g</VmName><VmErrorCode0>0xD1"
            "</VmErrorCode0></VmlEventLog></UserData>");
  const std::string start =
      event("<EventID>41</EventID>", "12",
            "<EventData><Data Name=\"BugcheckCode\">209</Data><Data>x</Data></EventData>");
  const auto read = read_event_page(
      reply_of(page(crash + "<w:Item>" + start + "<w:Bookmark><BookmarkList/></w:Bookmark></w:Item>" +
                    "<w:Item><![CDATA[" + event("<EventID>6008</EventID>", "13", "") + "]]></w:Item>")));
  REQUIRE(read);
  CHECK(read->context == "uuid:next");
  REQUIRE(read->events.size() == 3);
  CHECK(read->events[0].id == 18590);
  CHECK(read->events[0].record == 11);
  CHECK(read->events[0].provider == "Microsoft-Windows-Hyper-V-Worker");
  CHECK(read->events[0].strings == std::vector<std::string>{"g", "0xD1"});
  CHECK(read->events[1].strings == std::vector<std::string>{"209", "x"});
  CHECK(read->events[2].id == 6008);
}

TEST_CASE("events that lack what tells them apart are left out", "[eventing][hostile]") {
  const auto read = read_event_page(reply_of(
      page("<Event/>" + event("<EventID>x</EventID>", "1", "") + event("<EventID>1</EventID>", "-1", "") +
           event("<EventID>1</EventID>", "1", "", "yesterday") + "<w:Item>words</w:Item>")));
  REQUIRE(read);
  CHECK(read->events.empty());
  CHECK_FALSE(read_event_page(reply_of("<n:Other xmlns:n=\"urn:n\"/>")));
  CHECK_FALSE(read_event_page(reply_of(page("<w:Item><![CDATA[<Event]]></w:Item>"))));
}
