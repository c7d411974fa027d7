// Msvm_ReplicationSettingData: what Hyper-V Replica was told about a machine, on the side where it runs and
// on the side of its replica.
#include "tools/lab/provider/device_settings.hpp"
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

namespace migstorm::lab {

namespace {

constexpr std::string_view kReplication = "Msvm_ReplicationSettingData";
constexpr std::string_view kFarHost = "remote.lab.test"; // of the relationship's other side

// From 2012 R2 on a machine may have a second relationship, so that the first is numbered.
std::string instance_of(const VirtContext& context, const Guest& guest) {
  return fmt::format("Microsoft:{}\\HVR{}", guest.id,
                     context.host().release >= Release::w2012r2 ? "\\0" : "");
}

cim::InstancePtr replication_row(const VirtContext& context, const Guest& guest) {
  const bool here = guest.hardware.replication == Replication::primary;
  const auto& near = context.host().fqdn;
  std::vector<std::string> disks;
  for (const auto& disk : guest.disks) {
    disks.push_back(image_id(guest.id, {disk.bus, disk.controller, disk.slot}));
  }
  auto row = context.make(kReplication);
  row.set("InstanceID", text(instance_of(context, guest)))
      .set("ElementName", text(guest.name))
      .set("VirtualSystemIdentifier", text(guest.id))
      .set("PrimaryHostSystem", text(here ? std::string_view(near) : kFarHost))
      .set("PrimaryConnectionPoint", text(here ? std::string_view(near) : kFarHost))
      .set("RecoveryHostSystem", text(here ? kFarHost : std::string_view(near)))
      .set("RecoveryConnectionPoint", text(here ? kFarHost : std::string_view(near)))
      .set("IncludedDisks", texts(disks));
  return share(std::move(row));
}

} // namespace

void add_replication(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(context.at(kReplication), [context](const cim::Hint&, const Dispatch::Sink& sink) {
    context.each_guest(nullptr, [&](GuestIndex index) {
      const auto role = context.guest(index).hardware.replication;
      if (role != Replication::none && role != Replication::test_replica) {
        sink(replication_row(context, context.guest(index)));
      }
    });
  });
}

} // namespace migstorm::lab
