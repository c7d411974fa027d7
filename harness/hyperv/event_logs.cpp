#include "harness/hyperv/event_logs.hpp"

#include <algorithm>

namespace migstorm::hyperv {

std::string_view channel_of(EventLog log) noexcept {
  switch (log) {
  case EventLog::worker:
    return "Microsoft-Windows-Hyper-V-Worker-Admin";
  case EventLog::vmms:
    return "Microsoft-Windows-Hyper-V-VMMS-Admin";
  case EventLog::high_availability:
    return "Microsoft-Windows-Hyper-V-High-Availability-Admin";
  case EventLog::integration:
    return "Microsoft-Windows-Hyper-V-Integration-Admin";
  case EventLog::system:
    break;
  }
  return "System";
}

const std::vector<LogWish>& host_wishes() {
  static const std::vector<LogWish> kWishes = {
      {EventLog::worker, {18590, 18560, 18539, 18602, 18604, 18514, 18512, 18617, 18502, 18504}},
      {EventLog::vmms, {20417, 21024, 21026, 21125, 21501, 21502}},
      {EventLog::high_availability, {21111, 21502}},
      {EventLog::integration, {4000, 4010}},
      {EventLog::system, {41, 1135, 1146, 1177, 5120, 5142}},
  };
  return kWishes;
}

const std::vector<LogWish>& guest_wishes() {
  static const std::vector<LogWish> kWishes = {{EventLog::system, {1001, 41, 6008, 46, 161}}};
  return kWishes;
}

CivilTime whole_second(CivilTime time) noexcept { return std::chrono::floor<std::chrono::seconds>(time); }

EventMark& mark_of(std::vector<EventMark>& marks, EventLog log) {
  const auto known =
      std::find_if(marks.begin(), marks.end(), [log](const EventMark& m) { return m.log == log; });
  if (known != marks.end()) {
    return *known;
  }
  EventMark& fresh = marks.emplace_back();
  fresh.log = log;
  return fresh;
}

bool take_news(EventMark& mark, const RawEvent& event) {
  const CivilTime second = whole_second(event.time);
  const bool news = mark.record == 0 ? second >= whole_second(mark.time)
                                     : event.record > mark.record || second > whole_second(mark.time);
  if (news) {
    mark.record = event.record;
    mark.time = event.time;
  }
  return news;
}

} // namespace migstorm::hyperv
