// Subscribe, Renew, Unsubscribe, and Pull from a subscription.
#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/event_xml.hpp"
#include "tools/lab/wsman/names.hpp"
#include "tools/lab/wsman/operations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab::wsman {

namespace {

constexpr std::size_t kQueriesMax = 32;
constexpr Span kExpiresMax = std::chrono::hours(24);

// The header of that name; options are told apart by an attribute.
pugi::xml_node header_of(const Request& request, std::string_view name) {
  return child_named(child_named(request.document.document_element(), "Header"), name);
}

pugi::xml_node option_of(const Request& request, std::string_view name) {
  for (const pugi::xml_node& option : header_of(request, "OptionSet").children()) {
    if (local_name(option) == "Option" && name == option.attribute("Name").value()) {
      return option;
    }
  }
  return {};
}

OrFault<Instant> read_expires(const Call& call) {
  const auto node = child_named(call.request.body, "Expires");
  if (!node) {
    return call.now + kExpiresMax;
  }
  const auto text = trimmed_text(node);
  const auto span = cim::parse_interval(text);
  if (!span) {
    const bool date = cim::parse_datetime(text).has_value();
    return make_fault(date ? FaultCode::unsupported_expiration : FaultCode::invalid_expiration,
                      "Expires must be a duration.");
  }
  if (span->span <= Span{}) {
    return make_fault(FaultCode::invalid_expiration, "The subscription would have expired already.");
  }
  return call.now + std::min(span->span, kExpiresMax);
}

bool has_channel(const Call& call, std::string_view name) {
  const auto channels = call.machine.event_channels();
  return std::any_of(channels.begin(), channels.end(),
                     [&](const std::string& one) { return cim::iequals(one, name); });
}

std::optional<Fault> read_select(const Call& call, const pugi::xml_node& query, const pugi::xml_node& select,
                                 Subscription& out) {
  const auto own = select.attribute("Path");
  const std::string channel = own ? own.value() : query.attribute("Path").value();
  if (!has_channel(call, channel)) {
    if (option_of(call.request, "IgnoreChannelError")) {
      return std::nullopt;
    }
    return make_fault(FaultCode::channel_not_found, "The specified channel could not be found: " + channel);
  }
  auto filter = EventFilter::parse(text_of(select));
  if (!filter || out.queries.size() == kQueriesMax) {
    return make_fault(FaultCode::event_filter, "The specified query is invalid.");
  }
  out.queries.push_back({channel, *std::move(filter), 0});
  return std::nullopt;
}

std::optional<Fault> read_queries(const Call& call, const pugi::xml_node& list, Subscription& out) {
  for (const pugi::xml_node& query : list.children()) {
    for (const pugi::xml_node& select : query.children()) {
      if (local_name(query) == "Query" && local_name(select) == "Select") {
        if (auto fault = read_select(call, query, select, out)) {
          return fault;
        }
      }
    }
  }
  if (out.queries.empty()) {
    return make_fault(FaultCode::event_filter, "The query list names no channel of this machine.");
  }
  return std::nullopt;
}

// The list of queries as XML or as text that holds XML.
std::optional<Fault> read_filter(const Call& call, Subscription& out) {
  const auto filter = child_named(call.request.body, "Filter");
  if (cim::trim(filter.attribute("Dialect").value()) != names::kDialectEvents) {
    return make_fault(FaultCode::event_filter, "Only event queries are supported as filters here.");
  }
  if (const auto list = child_named(filter, "QueryList")) {
    return read_queries(call, list, out);
  }
  const std::string text = text_of(filter);
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8)) {
    return make_fault(FaultCode::event_filter, "The query list is not XML.");
  }
  return read_queries(call, document.child("QueryList"), out);
}

std::optional<Fault> read_bookmarks(const Call& call, const pugi::xml_node& list, Subscription& out) {
  for (ChannelQuery& query : out.queries) {
    const auto [oldest, newest] = call.machine.event_range(query.channel);
    for (const pugi::xml_node& mark : list.children()) {
      if (!cim::iequals(mark.attribute("Channel").value(), query.channel)) {
        continue;
      }
      const auto record = cim::parse_unsigned(mark.attribute("RecordId").value());
      if (!record || *record > newest) {
        return make_fault(FaultCode::invalid_bookmark, "The bookmark is of no record of " + query.channel);
      }
      query.position = *record;
    }
  }
  return std::nullopt;
}

// From the beginning, after a bookmark, or what comes from now on.
std::optional<Fault> read_start(const Call& call, Subscription& out) {
  const auto bookmark = child_named(call.request.body, "Bookmark");
  if (const auto list = child_named(bookmark, "BookmarkList")) {
    return read_bookmarks(call, list, out);
  }
  const bool earliest = trimmed_text(bookmark) == names::kBookmarkEarliest;
  if (bookmark && !earliest) {
    return make_fault(FaultCode::invalid_bookmark, "The bookmark is not one of this service.");
  }
  if (!earliest && !option_of(call.request, "ReadExistingEvents")) {
    for (ChannelQuery& query : out.queries) {
      query.position = call.machine.event_range(query.channel).second;
    }
  }
  return std::nullopt;
}

OrFault<Subscription> read_subscription(const Call& call) {
  const auto& body = call.request.body;
  if (local_name(body) != "Subscribe" || call.request.resource_uri != names::kEventLog) {
    return make_fault(FaultCode::invalid_resource_uri,
                      "Events are subscribed to at " + std::string(names::kEventLog));
  }
  if (call.machine.event_channels().empty()) {
    return make_fault(FaultCode::access_denied, "Access is denied.");
  }
  if (cim::trim(child_named(body, "Delivery").attribute("Mode").value()) != names::kDeliveryPull) {
    return make_fault(FaultCode::delivery_mode, "Events are pulled here.");
  }
  if (call.subscriptions.size() >= call.machine.limits().max_subscriptions) {
    return make_fault(FaultCode::quota_operations,
                      fmt::format("The maximum number of subscriptions ({}) has been reached.",
                                  call.machine.limits().max_subscriptions));
  }
  Subscription out;
  auto expires = read_expires(call);
  if (auto* fault = std::get_if<Fault>(&expires)) {
    return std::move(*fault);
  }
  out.expires = std::get<Instant>(expires);
  out.boots = call.machine.boots();
  out.send_bookmarks = !child_named(body, "SendBookmarks").empty();
  out.rendered = trimmed_text(option_of(call.request, "ContentFormat")) != "Events";
  for (auto* const read : {read_filter, read_start}) {
    if (auto fault = read(call, out)) {
      return *std::move(fault);
    }
  }
  return out;
}

void append_expires(std::string& out, Span left) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(left).count();
  out += fmt::format("<e:Expires>PT{}.{:03}S</e:Expires>", milliseconds / 1000, milliseconds % 1000);
}

void append_item(Call& call, const Subscription& from, const ChannelQuery& query,
                 const cim::LoggedEvent& event) {
  auto& out = call.out;
  out += from.send_bookmarks ? "<w:Item>" : "";
  append_event(out, event, query.channel, call.machine.computer_name(), from.rendered);
  if (from.send_bookmarks) {
    out += "<w:Bookmark><BookmarkList>";
    for (const ChannelQuery& each : from.queries) {
      const bool current = &each == &query;
      if (each.position != 0 || current) {
        out += fmt::format(R"(<Bookmark Channel="{}" RecordId="{}"{}/>)", each.channel,
                           current ? event.record : each.position, current ? R"( IsCurrent="true")" : "");
      }
    }
    out += "</BookmarkList></w:Bookmark></w:Item>";
  }
}

// The events that fit, in the order of each channel's numbers.
OrFault<std::size_t> append_events(Call& call, Subscription& from, std::size_t elements) {
  const auto room = room_for_items(call);
  std::size_t count = 0;
  bool full = false;
  for (ChannelQuery& query : from.queries) {
    call.machine.read_events(query.channel, query.position, [&](const cim::LoggedEvent& event) {
      if (!query.filter.matches(event, call.machine.own_time())) {
        query.position = event.record;
        return true;
      }
      const auto before = call.out.size();
      append_item(call, from, query, event);
      full = call.out.size() > room || count == elements;
      if (full) {
        call.out.resize(before);
        return false;
      }
      ++count;
      query.position = event.record;
      return true;
    });
  }
  if (full && count == 0) {
    return make_fault(FaultCode::response_too_large, "One event does not fit the response.");
  }
  return count;
}

} // namespace

std::optional<Fault> subscribe(Call& call) {
  call.kind = "subscribe";
  auto read = read_subscription(call);
  if (auto* fault = std::get_if<Fault>(&read)) {
    return std::move(*fault);
  }
  auto& opened = std::get<Subscription>(read);
  opened.identifier = make_uuid(call.random);
  opened.context = make_uuid(call.random);
  auto& out = call.out;
  out += fmt::format("<e:SubscribeResponse xmlns:e=\"{}\" xmlns:n=\"{}\"><e:SubscriptionManager>"
                     "<a:Address>{}</a:Address><a:ReferenceParameters><e:Identifier>{}</e:Identifier>"
                     "<w:ResourceURI>{}</w:ResourceURI></a:ReferenceParameters></e:SubscriptionManager>",
                     names::kEventing, names::kEnumeration, names::kAnonymous, opened.identifier,
                     names::kEventLog);
  append_expires(out, opened.expires - call.now);
  out += fmt::format("<n:EnumerationContext>{}</n:EnumerationContext></e:SubscribeResponse>", opened.context);
  call.subscriptions.add(std::move(opened));
  return std::nullopt;
}

std::optional<Fault> renew(Call& call) {
  call.kind = "renew";
  auto* const known = call.subscriptions.by_identifier(trimmed_text(header_of(call.request, "Identifier")));
  if (known == nullptr) {
    return make_fault(FaultCode::unable_to_renew, "There is no such subscription.");
  }
  auto expires = read_expires(call);
  if (auto* fault = std::get_if<Fault>(&expires)) {
    return std::move(*fault);
  }
  known->expires = std::get<Instant>(expires);
  call.out += fmt::format("<e:RenewResponse xmlns:e=\"{}\">", names::kEventing);
  append_expires(call.out, known->expires - call.now);
  call.out += "</e:RenewResponse>";
  return std::nullopt;
}

std::optional<Fault> unsubscribe(Call& call) {
  call.kind = "unsubscribe";
  auto* const known = call.subscriptions.by_identifier(trimmed_text(header_of(call.request, "Identifier")));
  if (known == nullptr) {
    return make_fault(FaultCode::invalid_event_message, "There is no such subscription.");
  }
  call.subscriptions.remove(*known);
  return std::nullopt;
}

// Time stands still while a request is answered, so a server that would wait for an event says at once that
// none came.
std::optional<Fault> pull_events(Call& call, Subscription& from, std::size_t elements) {
  call.kind = "pull events";
  auto& out = call.out;
  out +=
      fmt::format("<n:PullResponse xmlns:n=\"{}\"><n:EnumerationContext>{}</n:EnumerationContext><n:Items>",
                  names::kEnumeration, from.context);
  auto given = append_events(call, from, elements);
  if (auto* fault = std::get_if<Fault>(&given)) {
    return std::move(*fault);
  }
  if (std::get<std::size_t>(given) == 0) {
    return make_fault(FaultCode::timed_out, "The operation timed out: there are no new events.");
  }
  out += "</n:Items></n:PullResponse>";
  return std::nullopt;
}

} // namespace migstorm::lab::wsman
