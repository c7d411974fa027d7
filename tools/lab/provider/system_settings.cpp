// Msvm_VirtualSystemSettingData: the active settings of each virtual machine, its notes among them.
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

std::string home_of(const Guest& guest) {
  const auto& path = guest.disks.empty() ? guest.name : guest.disks.front().path;
  return path.substr(0, path.rfind('\\'));
}

void set_v2(cim::Instance& row, const Guest& guest) {
  const auto home = home_of(guest);
  row.set("Notes", texts({guest.notes}))
      .set("Version", text(facts_of(guest.configuration).configuration))
      .set("ConfigurationID", text(guest.id))
      .set("ConfigurationDataRoot", text(home))
      .set("ConfigurationFile", text("Virtual Machines\\" + guest.id + ".xml"))
      .set("SnapshotDataRoot", text(home))
      .set("SuspendDataRoot", text(home))
      .set("SwapFileDataRoot", text(home))
      .set("LogDataRoot", text(home));
}

cim::InstancePtr settings_row(const VirtContext& context, GuestIndex index) {
  const auto& guest = context.guest(index);
  auto row = context.make("Msvm_VirtualSystemSettingData");
  row.set("InstanceID", text("Microsoft:" + guest.id))
      .set("ElementName", text(guest.name))
      .set("VirtualSystemIdentifier", text(guest.id))
      .set("CreationTime", civil(context.model(), guest.created))
      .set("BIOSGUID", text("{" + derived_guid(guest.id, "bios") + "}"))
      .set("BIOSSerialNumber", text(derived_guid(guest.id, "serial")))
      .set("BaseBoardSerialNumber", text(derived_guid(guest.id, "board")));
  if (context.v1()) {
    row.set("SystemName", text(guest.id)).set("Notes", text(guest.notes));
  } else {
    set_v2(row, guest);
  }
  return share(std::move(row));
}

void answer(const VirtContext& context, const cim::Hint& hint, const Dispatch::Sink& sink) {
  std::string id;
  if (const auto* instance = hinted(hint, "InstanceID")) {
    id = system_in(*instance);
  } else if (const auto* system = hinted(hint, "VirtualSystemIdentifier")) {
    id = *system;
  }
  const bool all = id.empty() && hinted(hint, "InstanceID") == nullptr;
  context.each_guest(all ? nullptr : &id, [&](GuestIndex guest) { sink(settings_row(context, guest)); });
}

} // namespace

void add_system_settings(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(
      context.at("Msvm_VirtualSystemSettingData"),
      [context](const cim::Hint& hint, const Dispatch::Sink& sink) { answer(context, hint, sink); });
}

} // namespace migstorm::lab
