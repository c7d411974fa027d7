#include "harness/hyperv/events.hpp"

#include "harness/hyperv/bugcheck_text.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>
#include <chrono>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kWorkerLog = "Microsoft-Windows-Hyper-V-Worker-Admin";
constexpr std::size_t kStringsMax = 32;

// Times in these logs are whole seconds, so the bound is one as well.
CivilTime whole_second(CivilTime time) noexcept { return std::chrono::floor<std::chrono::seconds>(time); }

std::string events_wql(std::string_view log, std::string_view codes, CivilTime since) {
  std::string wql =
      "SELECT RecordNumber, EventCode, TimeGenerated, InsertionStrings, Message FROM Win32_NTLogEvent "
      "WHERE Logfile=";
  wql.append(quote_wql(log)).append(" AND ").append(codes);
  wql.append(" AND TimeGenerated >= ").append(quote_wql(wsman::format_cim_datetime(whole_second(since))));
  return wql;
}

std::string guest_of(const HostEvent& event) {
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
  return {};
}

std::optional<HostEvent> to_host_event(const wsman::Instance& row, CivilTime since) {
  const auto code = row.number("EventCode");
  const auto record = row.number("RecordNumber");
  if (!code || !record || *code > UINT16_MAX) {
    return std::nullopt;
  }
  HostEvent event;
  event.id = static_cast<std::uint32_t>(*code);
  event.record = *record;
  event.time = row.datetime("TimeGenerated").value_or(since);
  for (const std::string_view string : row.texts("InsertionStrings")) {
    if (event.strings.size() < kStringsMax) {
      event.strings.push_back(wsman::printable(string, kTextMax));
    }
  }
  if (event.strings.empty()) { // fields of the event's own schema are not always shown as strings
    event.strings.push_back(wsman::printable(row.text("Message").value_or(""), kTextMax));
  }
  event.guest = guest_of(event);
  return event;
}

// An unknown log gives no events rather than an error; the list of logs tells the two apart. Asked once.
Task<Status> check_worker_log(Host& host) {
  Rows logs = co_await host.client->query(std::string(kNamespaceCim),
                                          "SELECT LogfileName FROM Win32_NTEventlogFile WHERE LogfileName=" +
                                              quote_wql(kWorkerLog));
  if (!logs && !is_refusal(logs.error().code)) {
    co_return std::move(logs).error();
  }
  // Where the list itself is not to be had, the class that gave an empty answer is believed.
  host.habits.worker_log_absent = logs && logs->empty();
  host.habits.worker_log_known = !host.habits.worker_log_absent;
  co_return Unit{};
}

Error not_shown() {
  return Error{Errc::unsupported, "Win32_NTLogEvent does not show the log " + std::string(kWorkerLog)};
}

} // namespace

Task<Result<std::vector<HostEvent>>> read_host_events(Host& host, CivilTime since, std::uint64_t after) {
  if (host.habits.worker_log_absent) {
    co_return not_shown();
  }
  constexpr std::string_view kCodes =
      "(EventCode=18590 OR EventCode=18560 OR EventCode=18539 OR EventCode=18514 OR EventCode=18512)";
  Rows rows = co_await host.client->query(std::string(kNamespaceCim), events_wql(kWorkerLog, kCodes, since));
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
  std::vector<HostEvent> events;
  for (const wsman::Instance& row : *rows) {
    auto event = to_host_event(row, since);
    if (event && event->record > after && event->time >= whole_second(since)) {
      events.push_back(std::move(*event));
    }
  }
  std::sort(events.begin(), events.end(),
            [](const HostEvent& a, const HostEvent& b) { return a.record < b.record; });
  co_return events;
}

Task<Result<std::vector<Bugcheck>>> read_bugchecks(Host& guest, CivilTime since) {
  Rows rows =
      co_await guest.client->query(std::string(kNamespaceCim), events_wql("System", "EventCode=1001", since));
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<Bugcheck> bugchecks;
  for (const wsman::Instance& row : *rows) {
    auto text = parse_bugcheck(row.texts("InsertionStrings"), row.text("Message").value_or(""));
    const auto record = row.number("RecordNumber");
    const CivilTime time = row.datetime("TimeGenerated").value_or(since);
    if (text && record && time >= whole_second(since)) {
      bugchecks.push_back({time, *record, text->code, text->parameters, std::move(text->dump_path)});
    }
  }
  std::sort(bugchecks.begin(), bugchecks.end(),
            [](const Bugcheck& a, const Bugcheck& b) { return a.record < b.record; });
  co_return bugchecks;
}

} // namespace migstorm::hyperv
