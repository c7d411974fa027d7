#include "harness/hyperv/summary.hpp"

#include "harness/hyperv/probe.hpp"
#include "harness/hyperv/read_method.hpp"
#include "harness/wsman/text.hpp"

#include <array>
#include <map>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kService = "Msvm_VirtualSystemManagementService";
constexpr std::uint32_t kFailuresMax = 3; // in a row, before the method is not asked any more

// Name, ElementName, EnabledState, MemoryUsage, Heartbeat, UpTime, OperationalStatus
constexpr std::array<std::string_view, 7> kRequested = {"0", "1", "100", "103", "104", "105", "110"};
constexpr std::uint64_t kMib = 1ULL << 20U;

std::vector<wsman::Argument> summary_arguments() {
  wsman::Argument requested{"RequestedInformation", {}, wsman::Argument::Form::plain};
  for (const std::string_view code : kRequested) {
    requested.items.emplace_back(std::string(code));
  }
  return {wsman::Argument::nil("SettingData"), std::move(requested)}; // no SettingData: all guests
}

std::optional<std::uint64_t> first_of(const std::vector<std::uint64_t>& values) noexcept {
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::string name_of(const wsman::Instance& row) {
  return wsman::printable(row.text("ElementName").value_or(""), kNameMax);
}

// Columns that both ways of asking have under one name.
std::optional<GuestSummary> to_guest(Schema schema, const wsman::Instance& row) {
  auto id = to_guid(row.text("Name").value_or(""));
  if (!id) {
    return std::nullopt; // the host itself, or an entry for a guest that is gone
  }
  GuestSummary guest;
  guest.id = std::move(*id);
  guest.name = name_of(row);
  guest.state = to_enabled_state(schema, row.number("EnabledState"));
  const std::vector<std::uint64_t> operational_status = row.numbers("OperationalStatus");
  guest.migrating = is_migrating(operational_status);
  guest.busy = is_busy(operational_status);
  return guest;
}

// nullopt: the rows do not tell what was asked for.
std::optional<std::vector<GuestSummary>> to_guests(Schema schema, const wsman::Instance& out) {
  const wsman::Property* property = out.find("SummaryInformation");
  const auto rows = out.instances("SummaryInformation");
  std::vector<GuestSummary> guests;
  bool any_state = rows.empty();
  for (const auto& row : rows) {
    if (auto guest = to_guest(schema, *row)) {
      any_state = any_state || row->number("EnabledState").has_value();
      guest->heartbeat = to_heartbeat(row->number("Heartbeat"));
      guest->uptime_ms = row->number("UpTime").value_or(0);
      guest->memory = row->number("MemoryUsage").value_or(0) * kMib;
      guests.push_back(std::move(*guest));
    }
  }
  const bool unreadable = property != nullptr && rows.empty() && !out.texts("SummaryInformation").empty();
  if (!any_state || unreadable) {
    return std::nullopt;
  }
  return guests;
}

Task<Result<HostSummary>> by_method(Host& host, KnownPtr known) {
  wsman::Reference service = service_reference(*known, kService, "vmms");
  std::vector<wsman::Argument> arguments = summary_arguments();
  Result<ReadAnswer> answer =
      co_await read_method(host, std::move(service), "GetSummaryInformation", std::move(arguments));
  if (!answer) {
    co_return std::move(answer).error();
  }
  Status accepted = check_return("GetSummaryInformation", answer->result.return_value);
  if (!accepted) {
    co_return std::move(accepted).error();
  }
  auto guests = to_guests(known->schema(), answer->result.out);
  if (!guests) {
    co_return Error{Errc::unsupported, "GetSummaryInformation gives neither names nor states"};
  }
  HostSummary summary;
  summary.asked = answer->asked;
  summary.answered = answer->answered;
  summary.guests = std::move(*guests);
  co_return summary;
}

Task<Result<HostSummary>> by_queries(Host& host, KnownPtr known) {
  HostSummary summary;
  summary.asked = host.runtime.now();
  Rows systems = co_await host.client->query(known->virtualization(),
                                             "SELECT Name, ElementName, EnabledState, OperationalStatus, "
                                             "OnTimeInMilliseconds FROM Msvm_ComputerSystem");
  if (!systems) {
    co_return std::move(systems).error();
  }
  Rows components = co_await query_if_known(
      host, known->virtualization(), "SELECT SystemName, OperationalStatus FROM Msvm_HeartbeatComponent");
  if (!components) {
    co_return std::move(components).error();
  }
  std::map<GuestId, Heartbeat> heartbeats;
  for (const wsman::Instance& row : *components) {
    if (auto id = to_guid(row.text("SystemName").value_or(""))) {
      heartbeats[std::move(*id)] = to_heartbeat(first_of(row.numbers("OperationalStatus")));
    }
  }
  for (const wsman::Instance& row : *systems) {
    if (auto guest = to_guest(known->schema(), row)) {
      const auto heartbeat = heartbeats.find(guest->id);
      guest->heartbeat = heartbeat == heartbeats.end() ? Heartbeat::unknown : heartbeat->second;
      guest->uptime_ms = row.number("OnTimeInMilliseconds").value_or(0);
      summary.guests.push_back(std::move(*guest));
    }
  }
  summary.answered = host.runtime.now();
  co_return summary;
}

} // namespace

Task<Result<HostSummary>> read_summary(Host& host) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  if (!(*known)->has_hyperv()) {
    co_return Error{Errc::unsupported, "the host has no virtualization namespace"};
  }
  std::uint32_t& failures = host.habits.summary_failures;
  if (failures < kFailuresMax) {
    Result<HostSummary> summary = co_await by_method(host, *known);
    if (summary) {
      failures = 0;
      co_return summary;
    }
    // An answer that the client could not read at all is an unknown outcome to it, and so is a lost one; only
    // their number tells the one from the other.
    const bool refused = is_refusal(summary.error().code);
    failures += refused || summary.error().code == Errc::unknown_outcome ? 1U : 0U;
    if (!refused) {
      co_return summary;
    }
  }
  Result<HostSummary> summary = co_await by_queries(host, *known);
  if (!summary) {
    failures = 0; // then it was not the method
  }
  co_return summary;
}

} // namespace migstorm::hyperv
