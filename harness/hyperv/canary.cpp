#include "harness/hyperv/canary.hpp"

#include "harness/hyperv/changes.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

namespace migstorm::hyperv {

namespace {

Task<Result<CanarySeen>> look(Host& host, const Known& known, const GuestId& guest) {
  Rows systems = co_await host.client->query(
      known.virtualization(),
      "SELECT Name, EnabledState, OperationalStatus FROM Msvm_ComputerSystem WHERE Name = " +
          quote_wql(guest));
  if (!systems) {
    co_return std::move(systems).error();
  }
  Rows settings = co_await host.client->query(
      known.virtualization(),
      "SELECT InstanceID, Notes FROM Msvm_VirtualSystemSettingData WHERE InstanceID = " +
          quote_wql("Microsoft:" + guest));
  if (!settings) {
    co_return std::move(settings).error();
  }
  if (systems->size() != 1 || settings->size() != 1) {
    co_return Error{Errc::not_found, fmt::format("guest {} is not on this host", guest)};
  }
  CanarySeen seen;
  seen.id = to_guid(systems->front().text("Name").value_or("")).value_or("");
  seen.state = to_enabled_state(known.schema(), systems->front().number("EnabledState"));
  seen.migrating = is_migrating(systems->front().numbers("OperationalStatus"));
  seen.notes_of = guid_of_instance(settings->front().text("InstanceID").value_or("")).value_or("");
  for (const std::string_view line : settings->front().texts("Notes")) {
    seen.notes.append(seen.notes.empty() ? "" : " ").append(line.substr(0, kTextMax));
  }
  co_return seen;
}

} // namespace

Task<Status> crash_canary(Host& host, GuestId guest, std::string mark) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  const auto id = to_guid(guest);
  if (!id) {
    co_return Error{Errc::denied, "a canary is named by its GUID"};
  }
  Result<CanarySeen> seen = co_await look(host, **known, *id);
  if (!seen) {
    co_return std::move(seen).error();
  }
  Result<wsman::InvokeResult> asked =
      co_await request_canary_crash(host, *known, *id, *std::move(seen), std::move(mark));
  co_return asked ? Status(Unit{}) : Status(std::move(asked).error());
}

} // namespace migstorm::hyperv
