// What a subscription to event logs is asked for with, and what comes of it. Which events came is told by
// their channel and record number, so that the bookmarks of servers are not needed: a reader that goes on
// says itself where.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace migstorm::wsman {

inline constexpr std::size_t kEventStringsMax = 32;

struct EventQuery {
  std::string channel; // "System"
  std::string xpath;   // "*[System[(EventID=1001)]]"
};

struct EventBookmark {
  std::string channel;
  std::uint64_t record = 0; // the newest that was taken in
};

struct SubscribeWish {
  std::vector<EventQuery> queries;
  std::vector<EventBookmark> bookmarks; // none: everything that the logs hold
  Span expires{};
};

struct Subscription {
  std::string identifier;
  std::string context; // of the next Pull
};

struct LoggedEvent {
  std::string channel;
  std::string provider;
  std::uint32_t id = 0;
  std::uint64_t record = 0;
  CivilTime time{};
  std::vector<std::string> strings; // EventData's or UserData's fields in order, valid UTF-8
};

struct EventPage {
  std::vector<LoggedEvent> events;
  std::string context; // empty: the subscription has ended
};

} // namespace migstorm::wsman
