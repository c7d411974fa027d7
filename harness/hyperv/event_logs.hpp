// Event logs of hosts and guests: which events of them are wanted, and which of those that come are news.
#pragma once

#include <migstorm/hyperv.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::hyperv {

// "Microsoft-Windows-Hyper-V-Worker-Admin"
std::string_view channel_of(EventLog log) noexcept;

struct LogWish {
  EventLog log = EventLog::system;
  std::vector<std::uint32_t> ids;
};
const std::vector<LogWish>& host_wishes();
const std::vector<LogWish>& guest_wishes();

struct RawEvent {
  EventLog log = EventLog::system;
  std::uint32_t id = 0;
  std::uint64_t record = 0;
  CivilTime time{};
  std::string source;
  std::vector<std::string> strings;
  std::string message; // rendered, where there are no strings
};
using RawBatch = EventBatch<RawEvent>;

// Some sources tell whole seconds only, so bounds are whole seconds as well.
CivilTime whole_second(CivilTime time) noexcept;

EventMark& mark_of(std::vector<EventMark>& marks, EventLog log); // added where there is none
// Takes the event in if it is news: after the mark by its number, or, in a log that was cleared and numbers
// anew, by its time.
bool take_news(EventMark& mark, const RawEvent& event);

} // namespace migstorm::hyperv
