#include "harness/hyperv/inventory.hpp"

#include "harness/hyperv/cluster.hpp"
#include "harness/hyperv/disks.hpp"
#include "harness/hyperv/group_rules.hpp"
#include "harness/hyperv/hardware.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>
#include <array>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kSettingsMax = 100'000; // checkpoints have settings of their own

constexpr std::string_view kKvpComponent = "Msvm_KvpExchangeComponent";
constexpr std::array<std::string_view, 6> kComponents = {
    "Msvm_HeartbeatComponent", kKvpComponent,       "Msvm_ShutdownComponent",
    "Msvm_TimeSyncComponent",  "Msvm_VssComponent", "Msvm_GuestServiceInterfaceComponent"};

GuestFacts* find_guest(std::vector<GuestFacts>& guests, const std::optional<std::string>& id) {
  const auto found =
      std::find_if(guests.begin(), guests.end(), [&](const GuestFacts& guest) { return guest.id == id; });
  return found == guests.end() ? nullptr : &*found;
}

Task<Result<std::vector<GuestFacts>>> read_systems(Host& host, KnownPtr known) {
  Rows rows = co_await host.client->query(known->virtualization(),
                                          "SELECT Name, ElementName, EnabledState FROM Msvm_ComputerSystem");
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<GuestFacts> guests;
  for (const wsman::Instance& row : *rows) {
    auto id = to_guid(row.text("Name").value_or(""));
    if (!id || find_guest(guests, id) != nullptr) {
      continue; // the host's own row
    }
    GuestFacts guest;
    guest.id = std::move(*id);
    guest.name = wsman::printable(row.text("ElementName").value_or(""), kNameMax);
    guest.state = to_enabled_state(known->schema(), row.number("EnabledState"));
    guest.host = host.endpoint.name;
    guests.push_back(std::move(guest));
  }
  co_return guests;
}

// Notes are an array in v2 and a text in v1, which has no configuration versions either.
Task<Status> read_settings(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  std::string wql = "SELECT InstanceID, Notes" +
                    std::string(known->schema() == Schema::v2 ? ", Version" : "") +
                    " FROM Msvm_VirtualSystemSettingData";
  Rows rows = co_await host.client->query(known->virtualization(), std::move(wql), kSettingsMax);
  if (!rows) {
    co_return std::move(rows).error();
  }
  for (const wsman::Instance& row : *rows) {
    // A guest's own settings carry its GUID, those of a checkpoint the checkpoint's.
    GuestFacts* guest = find_guest(guests, guid_of_instance(row.text("InstanceID").value_or("")));
    if (guest == nullptr) {
      continue;
    }
    std::string notes;
    for (const std::string_view line : row.texts("Notes")) {
      notes.append(notes.empty() ? "" : " ").append(line.substr(0, kTextMax));
    }
    guest->notes = wsman::printable(notes, kTextMax);
    if (const auto version =
            known->schema() == Schema::v2 ? row.text("Version") : std::optional<std::string_view>("")) {
      guest->hardware.configuration = wsman::printable(*version, kNameMax);
    }
  }
  co_return Unit{};
}

void take_kvp(const wsman::Instance& component, GuestFacts& guest) {
  for (const auto& item : component.instances("GuestIntrinsicExchangeItems")) {
    const std::string_view name = item->text("Name").value_or("");
    std::string data = wsman::printable(item->text("Data").value_or(""), kNameMax);
    if (wsman::same_name(name, "OSName")) {
      guest.os_name = std::move(data);
    } else if (wsman::same_name(name, "OSVersion")) {
      guest.os_version = std::move(data);
    } else if (wsman::same_name(name, "IntegrationServicesVersion")) {
      guest.integration_services_version = std::move(data);
    }
  }
}

Task<Status> read_component(Host& host, KnownPtr known, std::string name, std::vector<GuestFacts>& guests) {
  const bool kvp = name == kKvpComponent;
  std::string wql =
      "SELECT SystemName" + std::string(kvp ? ", GuestIntrinsicExchangeItems" : "") + " FROM " + name;
  Rows rows = co_await query_if_known(host, known->virtualization(), std::move(wql));
  if (!rows) {
    co_return std::move(rows).error();
  }
  for (const wsman::Instance& row : *rows) {
    GuestFacts* guest = find_guest(guests, to_guid(row.text("SystemName").value_or("")));
    if (guest == nullptr) {
      continue;
    }
    guest->integration_components.push_back(name);
    if (kvp) {
      take_kvp(row, *guest);
    }
  }
  co_return Unit{};
}

Task<Status> read_components(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  for (const std::string_view name : kComponents) {
    Status read = co_await read_component(host, known, std::string(name), guests);
    if (!read) {
      co_return read;
    }
  }
  co_return Unit{};
}

// Groups come and go with the guests, so they are read again with them.
Task<Status> read_cluster_groups(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  if (!known->facts.namespaces.cluster) {
    co_return Unit{};
  }
  Result<VmGroups> groups = co_await read_vm_groups(host);
  if (!groups) {
    co_return std::move(groups).error();
  }
  for (GuestFacts& guest : guests) {
    if (const VmGroup* group = groups->find(guest.id, guest.name)) {
      guest.group = group->group;
    }
  }
  auto renewed = std::make_shared<Known>(*known);
  renewed->groups = std::move(*groups);
  host.known = renewed;
  co_return co_await read_group_rules(host, std::move(renewed), guests);
}

} // namespace

Task<Result<std::vector<GuestFacts>>> read_inventory(Host& host) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  if (!(*known)->has_hyperv()) {
    co_return Error{Errc::unsupported, "the host has no virtualization namespace"};
  }
  Result<std::vector<GuestFacts>> guests = co_await read_systems(host, *known);
  if (!guests) {
    co_return guests;
  }
  Status part = co_await read_settings(host, *known, *guests);
  if (part) {
    part = co_await read_components(host, *known, *guests);
  }
  if (part) {
    part = co_await read_attachments(host, *known, *guests);
  }
  if (part) {
    part = co_await describe_disks(host, *known, *guests);
  }
  if (part) {
    part = co_await read_hardware(host, *known, *guests);
  }
  if (part) {
    part = co_await read_cluster_groups(host, *known, *guests);
  }
  if (!part) {
    co_return std::move(part).error();
  }
  co_return guests;
}

} // namespace migstorm::hyperv
