#include "harness/wsman/eventing.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace migstorm::wsman {

namespace {

constexpr std::string_view kEventLog = "http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog";
constexpr std::string_view kEventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
constexpr std::string_view kPull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
constexpr std::string_view kEarliest = "http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest";
constexpr std::size_t kTextMax = 4'096; // of a field
constexpr int kItemDepthMax = 4;        // of the wrappings around an event

std::string action_of(std::string_view verb) { return fmt::format("{}/{}", kEventing, verb); }

void append_escaped_between(std::string& out, std::string_view open, std::string_view text,
                            std::string_view close) {
  out += open;
  append_escaped(out, text);
  out += close;
}

std::string identifier_header(const Subscription& which) {
  std::string header;
  append_escaped_between(header, fmt::format("<e:Identifier xmlns:e=\"{}\">", kEventing), which.identifier,
                         "</e:Identifier>");
  return header;
}

void append_expires(std::string& out, Span expires) {
  fmt::format_to(std::back_inserter(out), "<e:Expires>PT{}S</e:Expires>",
                 std::chrono::floor<std::chrono::seconds>(expires).count());
}

void append_filter(std::string& out, const std::vector<EventQuery>& queries) {
  out += "<w:Filter Dialect=\"http://schemas.microsoft.com/win/2004/08/events/eventquery\"><QueryList>";
  if (!queries.empty()) {
    append_escaped_between(out, "<Query Id=\"0\" Path=\"", queries.front().channel, "\">");
    for (const EventQuery& query : queries) {
      append_escaped_between(out, "<Select Path=\"", query.channel, "\">");
      append_escaped_between(out, "", query.xpath, "</Select>");
    }
    out += "</Query>";
  }
  out += "</QueryList></w:Filter>";
}

void append_bookmark(std::string& out, const std::vector<EventBookmark>& bookmarks) {
  out += "<w:Bookmark>";
  if (bookmarks.empty()) {
    out += kEarliest;
  } else {
    out += "<BookmarkList>";
    for (std::size_t i = 0; i < bookmarks.size(); ++i) {
      append_escaped_between(out, "<Bookmark Channel=\"", bookmarks[i].channel, "\"");
      fmt::format_to(std::back_inserter(out), " RecordId=\"{}\"{}/>", bookmarks[i].record,
                     i == 0 ? " IsCurrent=\"true\"" : "");
    }
    out += "</BookmarkList>";
  }
  out += "</w:Bookmark>";
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  text = trimmed(text);
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

// UserData has one element of the provider's own around its fields, EventData none.
void read_strings(const pugi::xml_node& event, std::vector<std::string>& strings) {
  pugi::xml_node fields = child_element(event, "EventData");
  if (!fields) {
    fields = first_element(child_element(event, "UserData"));
  }
  for (const pugi::xml_node& field : fields.children()) {
    if (is_element(field) && strings.size() < kEventStringsMax) {
      strings.push_back(printable(text_of(field), kTextMax));
    }
  }
}

std::optional<LoggedEvent> to_event(const pugi::xml_node& node) {
  const pugi::xml_node system = child_element(node, "System");
  const auto id = whole_number<std::uint32_t>(text_of(child_element(system, "EventID")));
  const auto record = whole_number<std::uint64_t>(text_of(child_element(system, "EventRecordID")));
  const auto time = parse_datetime(attribute(child_element(system, "TimeCreated"), "SystemTime"));
  LoggedEvent event;
  event.channel = printable(text_of(child_element(system, "Channel")), kTextMax);
  if (!id || !record || !time || event.channel.empty()) {
    return std::nullopt;
  }
  event.id = *id & 0xffffU;
  event.record = *record;
  event.time = *time;
  event.provider = printable(attribute(child_element(system, "Provider"), "Name"), kTextMax);
  read_strings(node, event.strings);
  return event;
}

Status read_item(const pugi::xml_node& item, int depth, std::vector<LoggedEvent>& events);

// With the option CDATA, which we do not ask for, an event is text.
Status read_text_item(const pugi::xml_node& item, std::vector<LoggedEvent>& events) {
  std::string text = text_of(item);
  if (!trimmed(text).starts_with('<')) {
    return Unit{};
  }
  const XmlLimits limits{.bytes = 512'000, .depth = kReplyDepthMax, .elements = kReplyElementsMax};
  const Result<XmlDocument> document = XmlDocument::parse(std::move(text), limits);
  if (!document) {
    return Error(document.error()).within("event");
  }
  return read_item(document->root(), kItemDepthMax, events);
}

// An event stands in Items by itself, or wrapped together with its bookmark.
Status read_item(const pugi::xml_node& item, int depth, std::vector<LoggedEvent>& events) {
  if (local_name(item) == "Event") {
    if (auto event = to_event(item)) {
      events.push_back(*std::move(event));
    }
    return Unit{};
  }
  if (depth >= kItemDepthMax || local_name(item) == "Bookmark") {
    return Unit{};
  }
  if (!first_element(item)) {
    return read_text_item(item, events);
  }
  for (const pugi::xml_node& child : item.children()) {
    if (is_element(child)) {
      if (Status read = read_item(child, depth + 1, events); !read) {
        return read;
      }
    }
  }
  return Unit{};
}

std::string child_text(const pugi::xml_node& parent, std::string_view name) {
  return std::string(trimmed(text_of(child_element(parent, name))));
}

} // namespace

std::string format_subscribe(const RequestHead& head, const SubscribeWish& wish) {
  std::string out = begin_envelope(head, Reference{std::string(kEventLog), {}}, action_of("Subscribe"),
                                   "<w:OptionSet><w:Option Name=\"ContentFormat\">Events</w:Option>"
                                   "</w:OptionSet>");
  out += fmt::format("<e:Subscribe xmlns:e=\"{}\">"
                     "<e:Delivery Mode=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull\"/>",
                     kEventing);
  append_expires(out, wish.expires);
  append_filter(out, wish.queries);
  append_bookmark(out, wish.bookmarks);
  out += "</e:Subscribe>";
  return finish_envelope(std::move(out));
}

std::string format_event_pull(const RequestHead& head, const Subscription& from, std::uint32_t max_elements) {
  std::string out = begin_envelope(head, Reference{std::string(kEventLog), {}}, kPull, "");
  out += "<n:Pull xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">";
  append_escaped_between(out, "<n:EnumerationContext>", from.context, "</n:EnumerationContext>");
  fmt::format_to(std::back_inserter(out), "<n:MaxElements>{}</n:MaxElements></n:Pull>", max_elements);
  return finish_envelope(std::move(out));
}

std::string format_renew(const RequestHead& head, const Subscription& which, Span expires) {
  std::string out = begin_envelope(head, Reference{std::string(kEventLog), {}}, action_of("Renew"),
                                   identifier_header(which));
  out += fmt::format("<e:Renew xmlns:e=\"{}\">", kEventing);
  append_expires(out, expires);
  out += "</e:Renew>";
  return finish_envelope(std::move(out));
}

std::string format_unsubscribe(const RequestHead& head, const Subscription& which) {
  std::string out = begin_envelope(head, Reference{std::string(kEventLog), {}}, action_of("Unsubscribe"),
                                   identifier_header(which));
  out += fmt::format("<e:Unsubscribe xmlns:e=\"{}\"/>", kEventing);
  return finish_envelope(std::move(out));
}

Result<Subscription> read_subscription(const SoapReply& reply) {
  const pugi::xml_node payload = reply.payload();
  Subscription subscription;
  subscription.context = child_text(payload, "EnumerationContext");
  const pugi::xml_node manager = child_element(payload, "SubscriptionManager");
  for (const char* const place : {"ReferenceParameters", "ReferenceProperties"}) {
    if (subscription.identifier.empty()) {
      subscription.identifier = child_text(child_element(manager, place), "Identifier");
    }
  }
  if (local_name(payload) != "SubscribeResponse" || subscription.context.empty()) {
    return Error{Errc::malformed, fmt::format("the answer to Subscribe holds <{}> without a context",
                                              printable(payload.name(), 80))};
  }
  return subscription;
}

Result<EventPage> read_event_page(const SoapReply& reply) {
  const pugi::xml_node payload = reply.payload();
  if (local_name(payload) != "PullResponse") {
    return Error{Errc::malformed, fmt::format("the answer holds <{}> where PullResponse was expected",
                                              printable(payload.name(), 80))};
  }
  EventPage page;
  for (const pugi::xml_node& item : child_element(payload, "Items").children()) {
    if (is_element(item)) {
      if (Status read = read_item(item, 0, page.events); !read) {
        return std::move(read).error();
      }
    }
  }
  if (!child_element(payload, "EndOfSequence")) {
    page.context = child_text(payload, "EnumerationContext");
  }
  return page;
}

} // namespace migstorm::wsman
