// Event logs by query: Win32_NTLogEvent shows classic logs, so System and Application on every machine.
// Whether it shows Hyper-V's own logs depends on the release.
#include "harness/hyperv/event_stream.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kStringsMax = 32;
// Record numbers tell what is news. The time only bounds what is searched, and a clock may be set back.
constexpr Span kLookBack = std::chrono::minutes(10);

CivilTime bound_of(const EventMark& mark) { return mark.record == 0 ? mark.time : mark.time - kLookBack; }

std::string events_wql(const LogWish& wish, CivilTime since) {
  std::string wql = "SELECT RecordNumber, EventCode, TimeGenerated, SourceName, InsertionStrings, Message "
                    "FROM Win32_NTLogEvent WHERE Logfile=";
  wql.append(quote_wql(channel_of(wish.log))).append(" AND (");
  for (std::size_t i = 0; i < wish.ids.size(); ++i) {
    wql += fmt::format("{}EventCode={}", i == 0 ? "" : " OR ", wish.ids[i]);
  }
  wql.append(") AND TimeGenerated >= ").append(quote_wql(wsman::format_cim_datetime(whole_second(since))));
  return wql;
}

std::optional<RawEvent> to_event(const wsman::Instance& row, EventLog log, CivilTime since) {
  const auto code = row.number("EventCode");
  const auto record = row.number("RecordNumber");
  if (!code || !record || *code > UINT16_MAX) {
    return std::nullopt;
  }
  RawEvent event;
  event.log = log;
  event.id = static_cast<std::uint32_t>(*code);
  event.record = *record;
  event.time = row.datetime("TimeGenerated").value_or(since);
  event.source = wsman::printable(row.text("SourceName").value_or(""), kTextMax);
  for (const std::string_view string : row.texts("InsertionStrings")) {
    if (event.strings.size() < kStringsMax) {
      event.strings.push_back(wsman::printable(string, kTextMax));
    }
  }
  event.message = wsman::printable(row.text("Message").value_or(""), kTextMax);
  return event;
}

void take_rows(const std::vector<wsman::Instance>& rows, const LogWish& wish, RawBatch& batch) {
  EventMark& mark = mark_of(batch.marks, wish.log);
  std::vector<RawEvent> events;
  for (const wsman::Instance& row : rows) {
    auto event = to_event(row, wish.log, mark.time);
    if (event && std::find(wish.ids.begin(), wish.ids.end(), event->id) != wish.ids.end()) {
      events.push_back(*std::move(event));
    }
  }
  std::sort(events.begin(), events.end(),
            [](const RawEvent& a, const RawEvent& b) { return a.record < b.record; });
  for (RawEvent& event : events) {
    if (take_news(mark, event)) {
      batch.events.push_back(std::move(event));
    }
  }
}

// An unknown log gives no events rather than an error; the list of logs tells the two apart. Asked once.
Task<Status> check_worker_log(Host& host) {
  Rows logs = co_await host.client->query(std::string(kNamespaceCim),
                                          "SELECT LogfileName FROM Win32_NTEventlogFile WHERE LogfileName=" +
                                              quote_wql(channel_of(EventLog::worker)));
  if (!logs && !is_refusal(logs.error().code)) {
    co_return std::move(logs).error();
  }
  // Where the list itself is not to be had, the class that gave an empty answer is believed.
  host.habits.worker_log_absent = logs && logs->empty();
  host.habits.worker_log_known = !host.habits.worker_log_absent;
  co_return Unit{};
}

Error not_shown() {
  return Error{Errc::unsupported, fmt::format("Win32_NTLogEvent does not show the log {}, and there is no "
                                              "subscription to it",
                                              channel_of(EventLog::worker))};
}

// The worker's log by what is known of it: an empty answer may be no answer.
Task<Result<std::vector<wsman::Instance>>> query_worker_log(Host& host, std::string wql) {
  if (host.habits.worker_log_absent) {
    co_return not_shown();
  }
  Rows rows = co_await host.client->query(std::string(kNamespaceCim), std::move(wql));
  if (!rows) {
    const bool refused = is_refusal(rows.error().code);
    host.habits.worker_log_absent = refused;
    co_return refused ? not_shown() : std::move(rows).error();
  }
  if (rows->empty() && !host.habits.worker_log_known) {
    Status checked = co_await check_worker_log(host);
    if (!checked) {
      co_return std::move(checked).error();
    }
    if (host.habits.worker_log_absent) {
      co_return not_shown();
    }
  }
  host.habits.worker_log_known = true;
  co_return rows;
}

} // namespace

Task<Result<RawBatch>> query_events(Host& machine, const std::vector<LogWish>& wishes,
                                    std::vector<EventMark> marks) {
  RawBatch batch;
  batch.marks = std::move(marks);
  for (const LogWish& wish : wishes) {
    if (wish.log != EventLog::worker && wish.log != EventLog::system) {
      batch.unread.push_back(wish.log); // they explain, and are not worth a question each
      continue;
    }
    std::string wql = events_wql(wish, bound_of(mark_of(batch.marks, wish.log)));
    auto asking = wish.log == EventLog::worker
                      ? query_worker_log(machine, std::move(wql))
                      : machine.client->query(std::string(kNamespaceCim), std::move(wql));
    Rows rows = co_await std::move(asking);
    if (!rows) {
      co_return std::move(rows).error();
    }
    take_rows(*rows, wish, batch);
  }
  co_return batch;
}

} // namespace migstorm::hyperv
