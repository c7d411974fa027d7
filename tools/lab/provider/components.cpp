// Integration components of running virtual machines: heartbeat, key-value pairs, and the services that only
// exist to be counted.
#include "tools/lab/provider/components.hpp"

#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/providers.hpp"

#include <array>

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kTimedOut = 32783;
constexpr std::uint64_t kGuestIntrinsic = 2; // Msvm_KvpExchangeDataItem.Source
constexpr std::string_view kHeartbeat = "Msvm_HeartbeatComponent";
constexpr std::string_view kKvp = "Msvm_KvpExchangeComponent";

constexpr std::array kComponents{
    Component{kHeartbeat, "84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47"},
    Component{kKvp, "2A34B1C2-FD73-4043-8A5B-DD2159BC743F"},
    Component{"Msvm_ShutdownComponent", "9F8233AC-BE49-4C79-8EE3-E7E1985B2077"},
    Component{"Msvm_TimeSyncComponent", "2497F4DE-E9FA-4204-80E4-4B75C46419C0"},
    Component{"Msvm_VssComponent", "5CED1297-4598-4915-A5FC-AD21BB4D02A4"},
    Component{"Msvm_GuestServiceInterfaceComponent", "6C09BB55-D683-4DA0-8931-C9BF705F6480"},
};

void set_heartbeat(cim::Instance& row, HeartbeatStatus status) {
  switch (status) {
  case HeartbeatStatus::ok:
    row.set("OperationalStatus", numbers({kStatusOk, kStatusOk}))
        .set("StatusDescriptions", texts({"OK", "OK"}));
    break;
  case HeartbeatStatus::no_contact:
    row.set("OperationalStatus", numbers({12})).set("StatusDescriptions", texts({"No Contact"}));
    break;
  case HeartbeatStatus::lost_communication:
    row.set("OperationalStatus", numbers({13, kTimedOut}))
        .set("StatusDescriptions", texts({"Lost Communication", "Communication Timed Out"}));
    break;
  }
}

void set_kvp(cim::Instance& row, const VirtContext& context, GuestIndex guest) {
  std::vector<std::string> items;
  for (const auto& item : context.model().intrinsic_kvp(guest)) {
    auto element = context.make("Msvm_KvpExchangeDataItem");
    element.set("Name", text(item.name))
        .set("Data", item.data ? text(*item.data) : null())
        .set("Source", number(kGuestIntrinsic));
    items.push_back(cim::to_cim_xml(element));
  }
  row.set("GuestIntrinsicExchangeItems", texts(items)).set("GuestExchangeItems", cim::Array());
}

cim::InstancePtr component_row(const VirtContext& context, const Component& component, GuestIndex index) {
  const auto& guest = context.guest(index);
  auto row = context.make(component.class_name);
  row.set("SystemName", text(guest.id))
      .set("DeviceID", text(device_id(guest, component)))
      .set("EnabledState", number(2))
      .set("TimeOfLastStateChange", civil(context.model(), guest.state_changed));
  if (component.class_name == kHeartbeat) {
    set_heartbeat(row, context.model().heartbeat_of(index));
    return share(std::move(row));
  }
  // Every other component says whether it can talk to its half in the guest.
  const bool in_contact = context.model().heartbeat_of(index) == HeartbeatStatus::ok;
  set_heartbeat(row, in_contact ? HeartbeatStatus::ok : HeartbeatStatus::lost_communication);
  if (component.class_name == kKvp) {
    set_kvp(row, context, index);
  }
  return share(std::move(row));
}

} // namespace

std::span<const Component> components() noexcept { return kComponents; }

std::string device_id(const Guest& guest, const Component& component) {
  return "Microsoft:" + guest.id + "\\" + std::string(component.guid);
}

void add_components(Dispatch& dispatch, const VirtContext& context) {
  for (const auto& component : kComponents) {
    const auto* definition = context.find(component.class_name);
    if (definition == nullptr) { // not in this release or namespace
      continue;
    }
    dispatch.add_source(
        *definition, [context, &component](const cim::Hint& hint, const Dispatch::Sink& sink) {
          const auto* device = hinted(hint, "DeviceID");
          const auto from_device = device != nullptr ? std::string(system_in(*device)) : std::string();
          context.each_guest(device != nullptr ? &from_device : hinted(hint, "SystemName"),
                             [&](GuestIndex guest) {
                               if (context.guest(guest).power == Power::running) {
                                 sink(component_row(context, component, guest));
                               }
                             });
        });
  }
}

} // namespace migstorm::lab
