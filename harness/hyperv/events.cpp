#include "harness/hyperv/events.hpp"

#include "harness/hyperv/bugcheck_text.hpp"
#include "harness/hyperv/event_stream.hpp"

#include <utility>

namespace migstorm::hyperv {

namespace {

std::string guest_of(const RawEvent& event) {
  for (const std::string& string : event.strings) {
    if (auto id = to_guid(string)) {
      return *id;
    }
  }
  for (const std::string& string : event.strings) {
    if (auto id = find_guid(string)) {
      return *id;
    }
  }
  return find_guid(event.message).value_or(std::string());
}

HostEvent to_host_event(RawEvent raw) {
  HostEvent event;
  event.guest = guest_of(raw);
  if (raw.strings.empty()) { // fields of the event's own schema are not always shown as strings
    raw.strings.push_back(std::move(raw.message));
  }
  event.log = raw.log;
  event.id = raw.id;
  event.record = raw.record;
  event.time = raw.time;
  event.source = std::move(raw.source);
  event.strings = std::move(raw.strings);
  return event;
}

// Numbers are unique within a provider only: 46 and 161 of others say something else.
std::optional<GuestEventKind> kind_of(const RawEvent& raw) {
  const std::string source = to_lower(raw.source);
  const auto by = [&](std::string_view name) { return source.find(name) != std::string::npos; };
  switch (raw.id) {
  case 1001: // told from others by its text
    return GuestEventKind::bugcheck;
  case 41:
    return by("kernel-power") ? std::optional(GuestEventKind::unclean_start) : std::nullopt;
  case 6008:
    return by("eventlog") ? std::optional(GuestEventKind::unclean_shutdown) : std::nullopt;
  case 46:
    return by("volmgr") ? std::optional(GuestEventKind::dump_not_prepared) : std::nullopt;
  case 161:
    return by("volmgr") ? std::optional(GuestEventKind::dump_failed) : std::nullopt;
  default:
    return std::nullopt;
  }
}

std::optional<BugcheckText> bugcheck_of(GuestEventKind kind, const RawEvent& raw) {
  const std::vector<std::string_view> strings(raw.strings.begin(), raw.strings.end());
  if (kind == GuestEventKind::bugcheck) {
    return parse_bugcheck(strings, raw.message);
  }
  return kind == GuestEventKind::unclean_start ? parse_unclean_start(strings) : std::nullopt;
}

std::optional<GuestEvent> to_guest_event(const RawEvent& raw) {
  const auto kind = kind_of(raw);
  if (!kind) {
    return std::nullopt;
  }
  GuestEvent event;
  event.kind = *kind;
  event.time = raw.time;
  event.record = raw.record;
  if (auto bugcheck = bugcheck_of(*kind, raw)) {
    event.code = bugcheck->code;
    event.parameters = bugcheck->parameters;
    event.dump_path = std::move(bugcheck->dump_path);
  } else if (*kind == GuestEventKind::bugcheck) {
    return std::nullopt; // another 1001
  }
  return event;
}

} // namespace

Task<Result<EventBatch<HostEvent>>> read_host_events(Host& host, std::vector<EventMark> marks) {
  Result<RawBatch> batch = co_await read_event_stream(host, host_wishes(), std::move(marks));
  if (!batch) {
    co_return std::move(batch).error();
  }
  EventBatch<HostEvent> out;
  for (RawEvent& raw : batch->events) {
    out.events.push_back(to_host_event(std::move(raw)));
  }
  out.marks = std::move(batch->marks);
  out.subscribed = batch->subscribed;
  out.unread = std::move(batch->unread);
  co_return out;
}

Task<Result<EventBatch<GuestEvent>>> read_guest_events(Host& guest, std::vector<EventMark> marks) {
  Result<RawBatch> batch = co_await read_event_stream(guest, guest_wishes(), std::move(marks));
  if (!batch) {
    co_return std::move(batch).error();
  }
  EventBatch<GuestEvent> out;
  for (const RawEvent& raw : batch->events) {
    if (auto event = to_guest_event(raw)) {
      out.events.push_back(*std::move(event));
    }
  }
  out.marks = std::move(batch->marks);
  out.subscribed = batch->subscribed;
  out.unread = std::move(batch->unread);
  co_return out;
}

} // namespace migstorm::hyperv
