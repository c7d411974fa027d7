#include "harness/hyperv/hardware.hpp"

#include "harness/wsman/text.hpp"

#include <map>
#include <span>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kRowsMax = 100'000;

struct Release {
  unsigned major;
  unsigned minor;
};
constexpr Release k2012r2{6, 3};
constexpr Release k2016{10, 0};
constexpr Release kAny{0, 0};

// One question about all guests of a host, and what its answer means.
struct Question {
  std::string_view wql;
  Release since;                      // what older releases cannot have, their guests do not have
  std::string_view whose;             // the property that names the guest
  void (*none)(GuestHardware& guest); // unless a row says otherwise
  void (*take)(const wsman::Instance& row, GuestHardware& guest);
};

bool says_true(const wsman::Instance& row, std::string_view name) {
  return wsman::same_name(row.text(name).value_or(""), "true");
}

// Classes, properties and the releases that brought them: Microsoft's reference of root\virtualization\v2.
// IOVOffloadWeight 0, the default, switches SR-IOV off on the port. ReplicationMode: 0 none, 1 primary, 2
// replica, 3 test replica, 4 extended replica. A checkpoint's association names the machine as Antecedent and
// the checkpoint's settings as Dependent. Settings of checkpoints carry the checkpoint's GUID, those of pools
// "Definition": neither finds a guest.
constexpr Question kQuestionsV2[] = {
    {"SELECT InstanceID, PersistentReservationsSupported FROM Msvm_StorageAllocationSettingData WHERE "
     "PersistentReservationsSupported = TRUE",
     k2012r2, "InstanceID", [](GuestHardware& guest) { guest.shared_disk = false; },
     [](const wsman::Instance& row, GuestHardware& guest) {
       guest.shared_disk = *guest.shared_disk || says_true(row, "PersistentReservationsSupported");
     }},
    {"SELECT InstanceID, IOVOffloadWeight FROM Msvm_EthernetSwitchPortOffloadSettingData WHERE "
     "IOVOffloadWeight > 0",
     kAny, "InstanceID", [](GuestHardware& guest) { guest.virtual_function = false; },
     [](const wsman::Instance& row, GuestHardware& guest) {
       guest.virtual_function = *guest.virtual_function || row.number("IOVOffloadWeight").value_or(0) > 0;
     }},
    {"SELECT InstanceID FROM Msvm_PciExpressSettingData", k2016, "InstanceID",
     [](GuestHardware& guest) { guest.host_device = false; },
     [](const wsman::Instance&, GuestHardware& guest) { guest.host_device = true; }},
    {"SELECT InstanceID FROM Msvm_SyntheticFcPortSettingData", kAny, "InstanceID",
     [](GuestHardware& guest) { guest.fibre_channel = false; },
     [](const wsman::Instance&, GuestHardware& guest) { guest.fibre_channel = true; }},
    {"SELECT InstanceID, TpmEnabled, ShieldingRequested FROM Msvm_SecuritySettingData", k2016, "InstanceID",
     [](GuestHardware& guest) { guest.tpm = guest.shielded = false; },
     [](const wsman::Instance& row, GuestHardware& guest) {
       guest.tpm = *guest.tpm || says_true(row, "TpmEnabled");
       guest.shielded = *guest.shielded || says_true(row, "ShieldingRequested");
     }},
    {"SELECT Name, ReplicationMode FROM Msvm_ComputerSystem", kAny, "Name", [](GuestHardware&) {},
     [](const wsman::Instance& row, GuestHardware& guest) {
       if (const auto mode = row.number("ReplicationMode"); mode && *mode <= UINT16_MAX) {
         guest.replication = static_cast<std::uint16_t>(*mode);
       }
     }},
    {"SELECT Antecedent FROM Msvm_SnapshotOfVirtualSystem", kAny, "Antecedent",
     [](GuestHardware& guest) { guest.checkpoints = false; },
     [](const wsman::Instance&, GuestHardware& guest) { guest.checkpoints = true; }},
};

// SettingType 5 is a checkpoint's, 3 what the machine of SystemName runs with. Source: management programs
// for that namespace that ask so (Microsoft's page of the class was not to be had).
constexpr Question kQuestionsV1[] = {
    {"SELECT SystemName, SettingType FROM Msvm_VirtualSystemSettingData WHERE SettingType = 5", kAny,
     "SystemName", [](GuestHardware& guest) { guest.checkpoints = false; },
     [](const wsman::Instance& row, GuestHardware& guest) {
       guest.checkpoints = *guest.checkpoints || row.number("SettingType") == 5U;
     }},
};

// 2008 R2 has none of these.
void take_for_granted_v1(GuestHardware& guest) {
  guest.shared_disk = guest.virtual_function = guest.host_device = guest.fibre_channel = false;
  guest.tpm = guest.shielded = false;
  guest.replication = 0;
}

std::optional<GuestId> guest_named(const wsman::Instance& row, std::string_view property) {
  if (const wsman::Reference* reference = row.reference(property)) {
    const std::string* name = reference->find("Name");
    return name == nullptr ? std::nullopt : to_guid(*name);
  }
  const std::string_view text = row.text(property).value_or("");
  auto id = guid_of_instance(text);
  return id ? std::move(id) : to_guid(text);
}

void take(const Question& question, const std::vector<wsman::Instance>& rows,
          std::vector<GuestFacts>& guests) {
  std::map<GuestId, GuestHardware*> by_guest;
  for (GuestFacts& guest : guests) {
    question.none(guest.hardware);
    by_guest[guest.id] = &guest.hardware;
  }
  for (const wsman::Instance& row : rows) {
    const auto id = guest_named(row, question.whose);
    if (const auto guest = id ? by_guest.find(*id) : by_guest.end(); guest != by_guest.end()) {
      question.take(row, *guest->second);
    }
  }
}

} // namespace

Task<Status> read_hardware(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  const bool v1 = known->schema() == Schema::v1;
  for (GuestFacts& guest : guests) {
    if (v1) {
      take_for_granted_v1(guest.hardware);
    }
  }
  const std::span<const Question> questions =
      v1 ? std::span<const Question>(kQuestionsV1) : std::span<const Question>(kQuestionsV2);
  for (const Question& question : questions) {
    if (older_than(known->facts.os_version, question.since.major, question.since.minor)) {
      take(question, {}, guests);
      continue;
    }
    Rows rows = co_await host.client->query(known->virtualization(), std::string(question.wql), kRowsMax);
    if (!rows && !is_refusal(rows.error().code)) {
      co_return std::move(rows).error();
    }
    if (rows) {
      take(question, *rows, guests);
    }
  }
  co_return Unit{};
}

} // namespace migstorm::hyperv
