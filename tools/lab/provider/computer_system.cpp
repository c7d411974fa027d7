// Msvm_ComputerSystem: one row for the host itself and one per virtual machine that it owns.
#include "tools/lab/provider/computer_system.hpp"

#include "tools/lab/provider/providers.hpp"
#include "tools/lab/provider/task_jobs.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kStateEnabled = 2; // the same in v1
constexpr std::uint64_t kStateDisabled = 3;
constexpr std::uint64_t kStatusInService = 11;
constexpr std::uint64_t kStatusCreatingSnapshot = 32768;
constexpr std::uint64_t kStatusMergingDisks = 32772;

cim::InstancePtr host_row(const VirtContext& context) {
  auto row = context.make("Msvm_ComputerSystem");
  const auto& name = context.host().name;
  row.set("Caption", text("Hosting Computer System"))
      .set("Description", text("Microsoft Hosting Computer System"))
      .set("ElementName", text(name))
      .set("Name", text(name))
      .set("EnabledState", number(kStateEnabled))
      .set("StatusDescriptions", texts({"OK"}))
      .set("Status", text("OK"))
      .set("TimeOfLastStateChange", civil(context.model(), context.host().booted));
  return share(std::move(row));
}

cim::InstancePtr guest_row(const VirtContext& context, GuestIndex index) {
  const auto& guest = context.guest(index);
  auto& model = context.model();
  const std::uint16_t operation = model.operation_of(index);
  auto row = context.make("Msvm_ComputerSystem");
  row.set("ElementName", text(guest.name))
      .set("Name", text(guest.id))
      .set("EnabledState", enabled_state(guest))
      .set("OperationalStatus", operational_status(operation))
      .set("StatusDescriptions", status_descriptions(operation))
      .set("Status", text("OK"))
      .set("InstallDate", civil(model, guest.created))
      .set("OnTimeInMilliseconds", number(model.uptime_ms(index)))
      .set("ProcessID", guest.power == Power::running ? number(guest.worker_process) : null())
      .set("TimeOfLastConfigurationChange", civil(model, guest.created))
      .set("TimeOfLastStateChange", civil(model, guest.state_changed));
  if (!context.v1()) {
    set_replication(row, guest.hardware);
  }
  return share(std::move(row));
}

void answer(const VirtContext& context, const cim::Hint& hint, const Dispatch::Sink& sink) {
  const auto* name = hinted(hint, "Name");
  if (name == nullptr || cim::iequals(*name, context.host().name)) {
    sink(host_row(context));
  }
  context.each_guest(name, [&](GuestIndex guest) { sink(guest_row(context, guest)); });
}

// What RequestStateChange is asked for; resets are numbered differently in v1.
std::optional<TaskKind> power_task(const VirtContext& context, std::uint64_t state) {
  if (state == kStateEnabled) {
    return TaskKind::turn_on;
  }
  if (state == kStateDisabled) {
    return TaskKind::turn_off;
  }
  return state == (context.v1() ? 10U : 11U) ? std::optional(TaskKind::reset) : std::nullopt;
}

cim::MethodResult request_state(const VirtContext& context, const cim::ObjectPath& target,
                                const Arguments& in) {
  const auto guest = context.guest_of(target);
  const auto state = number_argument(in, "RequestedState");
  if (!guest || !state) { // the host itself is a computer system too
    return returned(kReturnInvalidParameter);
  }
  const auto kind = power_task(context, *state);
  if (!kind) { // saving and pausing are not modelled
    return returned(kReturnUnsupported);
  }
  TaskRequest request;
  request.kind = *kind;
  request.guest = *guest;
  return task_result(context, context.model().ask_task(context.index(), request));
}

} // namespace

void set_replication(cim::Instance& row, const Hardware& has) {
  constexpr std::uint64_t kReplicating = 3; // ReplicationState
  constexpr std::uint64_t kCritical = 8;
  constexpr std::uint64_t kHealthOk = 1; // ReplicationHealth
  constexpr std::uint64_t kHealthCritical = 3;
  row.set("ReplicationMode", number(static_cast<std::uint64_t>(has.replication)));
  // A test replica is a machine beside the relationship, it takes no part in it.
  if (has.replication != Replication::none && has.replication != Replication::test_replica) {
    row.set("ReplicationState", number(has.replication_lost ? kCritical : kReplicating))
        .set("ReplicationHealth", number(has.replication_lost ? kHealthCritical : kHealthOk));
  }
}

cim::Value enabled_state(const Guest& guest) {
  return number(guest.power == Power::running ? kStateEnabled : kStateDisabled);
}

cim::Value operational_status(std::uint16_t operation) {
  return operation != 0 ? numbers({kStatusInService, operation}) : numbers({kStatusOk});
}

cim::Value status_descriptions(std::uint16_t operation) {
  switch (operation) {
  case 0:
    return texts({"Operating normally"});
  case kStatusCreatingSnapshot:
    return texts({"In service", "Creating Checkpoint"});
  case kStatusMergingDisks:
    return texts({"In service", "Merging Disks"});
  default:
    return texts({"In service", "Migrating Virtual Machine"});
  }
}

void add_computer_systems(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(
      context.at("Msvm_ComputerSystem"),
      [context](const cim::Hint& hint, const Dispatch::Sink& sink) { answer(context, hint, sink); });
  const auto& definition = context.at("Msvm_ComputerSystem");
  if (context.ns() == kHyperVCluster) { // to look at
    return;
  }
  dispatch.add_method(definition, "RequestStateChange",
                      [context](const cim::ObjectPath& target, const Arguments& in) {
                        return request_state(context, target, in);
                      });
  if (!context.v1() && context.host().release >= Release::w2012r2) {
    dispatch.add_method(
        definition, "InjectNonMaskableInterrupt", [context](const cim::ObjectPath& target, const Arguments&) {
          const auto guest = context.guest_of(target);
          return returned(guest ? context.model().inject_nmi(*guest) : kReturnInvalidParameter);
        });
  }
}

} // namespace migstorm::lab
