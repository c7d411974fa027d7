// Msvm_VirtualSystemSettingData: the active settings of each virtual machine, its notes among them, and the
// settings that each of its checkpoints holds.
#include "tools/lab/provider/system_settings.hpp"

#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kSnapshotV1 = 5; // SettingType; 3 is what the machine runs with
// UserSnapshotType
constexpr std::uint64_t kProduction = 3;
constexpr std::uint64_t kStandard = 5;

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
      .set("LogDataRoot", text(home))
      .set("VirtualSystemSubType",
           text(fmt::format("Microsoft:Hyper-V:SubType:{}", guest.hardware.generation)))
      .set("SecureBootEnabled", flag(guest.hardware.generation == 2));
  if (row.find("UserSnapshotType") != nullptr) {
    const bool standard = !guest.checkpoints.empty() && !guest.checkpoints.back().production;
    row.set("UserSnapshotType", number(standard ? kStandard : kProduction));
  }
}

// What it was made after: the checkpoint before it.
void set_parent(cim::Instance& row, const VirtContext& context, const Configuration& of) {
  const auto before = of.checkpoint.value_or(context.guest(of.guest).checkpoints.size());
  if (before > 0) {
    row.set("Parent", text(cim::format_path(settings_path(context, {of.guest, before - 1}))));
  }
}

void set_checkpoint(cim::Instance& row, const VirtContext& context, const Configuration& of) {
  const auto& guest = context.guest(of.guest);
  const auto& checkpoint = guest.checkpoints[*of.checkpoint];
  row.set("ElementName", text(fmt::format("{} - checkpoint {}", guest.name, *of.checkpoint + 1)))
      .set("CreationTime", civil(context.model(), checkpoint.created));
  if (context.v1()) {
    row.set("SettingType", number(kSnapshotV1));
  } else {
    row.set("VirtualSystemType", text("Microsoft:Hyper-V:Snapshot:Realized"))
        .set("ConfigurationID", text(checkpoint.id))
        .set("IsSaved", flag(!checkpoint.production)); // with the memory that the machine had
  }
}

} // namespace

cim::InstancePtr settings_row(const VirtContext& context, const Configuration& of) {
  const auto& guest = context.guest(of.guest);
  auto row = context.make("Msvm_VirtualSystemSettingData");
  row.set("InstanceID", text("Microsoft:" + id_of(context, of)))
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
  set_parent(row, context, of);
  if (of.checkpoint) {
    set_checkpoint(row, context, of);
  }
  return share(std::move(row));
}

namespace {

void answer(const VirtContext& context, const cim::Hint& hint, const Dispatch::Sink& sink) {
  const auto give = [&](const Configuration& of) { sink(settings_row(context, of)); };
  if (const auto* instance = hinted(hint, "InstanceID")) {
    const std::string id(system_in(*instance));
    return each_configuration(context, &id, give);
  }
  if (const auto* system = hinted(hint, "VirtualSystemIdentifier")) {
    return context.each_guest(system, [&](GuestIndex guest) {
      give({guest});
      for (std::size_t i = 0; i < context.guest(guest).checkpoints.size(); ++i) {
        give({guest, i});
      }
    });
  }
  each_configuration(context, nullptr, give);
}

} // namespace

void add_system_settings(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(
      context.at("Msvm_VirtualSystemSettingData"),
      [context](const cim::Hint& hint, const Dispatch::Sink& sink) { answer(context, hint, sink); });
}

} // namespace migstorm::lab
