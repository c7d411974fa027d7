#include "harness/hyperv/changes.hpp"

#include "harness/hyperv/property_list.hpp"
#include "harness/hyperv/read_method.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kMigrationService = "Msvm_VirtualSystemMigrationService";
constexpr std::uint32_t kIoPending =
    997; // ERROR_IO_PENDING: how the cluster's own interface says "under way"
constexpr std::string_view kJobTerminate = "4"; // clean; 5 would leave the halves of a move behind

// RETURN_TO_SOURCE_NODE_ON_ERROR, QUEUE_ENABLED, HIGH_PRIORITY_START: what the cluster's own cmdlet sends.
constexpr unsigned kGroupMoveFlags = 2 | 4 | 8;

// clusapi.h. Access bits 1 (read) and 2 (write); bit 22 says that the object changes.
constexpr std::uint32_t kControlGetResourceType = 0x0100002d;
constexpr std::uint32_t kControlStartMigration = 0x01600004;
constexpr std::uint32_t kControlCancelMigration = 0x01600008;
constexpr std::string_view kControl = "ExecuteResourceControl";
constexpr std::string_view kScheduledJob = "Win32_ScheduledJob";

wsman::Reference guest_reference(const GuestId& guest) {
  std::vector<wsman::Selector> keys{{"CreationClassName", "Msvm_ComputerSystem"},
                                    {"Name", guest},
                                    {"__cimnamespace", std::string(kNamespaceV2)}};
  return {wsman::resource_uri(kNamespaceV2, "Msvm_ComputerSystem"), std::move(keys)};
}

std::vector<wsman::Argument> group_move_arguments(std::string destination) {
  wsman::Argument parameters{"Parameters", {}, wsman::Argument::Form::plain};
  for (const std::uint8_t byte : live_move_parameters()) {
    parameters.items.emplace_back(std::to_string(byte));
  }
  return {wsman::Argument::scalar("NodeName", std::move(destination)), std::move(parameters),
          wsman::Argument::scalar("Flags", std::to_string(kGroupMoveFlags))};
}

wsman::Reference resource_reference(std::string resource) {
  wsman::Reference target{wsman::resource_uri(kNamespaceCluster, "MSCluster_Resource"), {}};
  target.selectors.push_back({"Name", std::move(resource)});
  return target;
}

// `text` goes as UTF-16LE with its NUL; nothing else that is sent has letters beyond ASCII in it.
std::vector<wsman::Argument> control_arguments(std::uint32_t code, std::string_view text) {
  wsman::Argument input{"InputBuffer", {}, wsman::Argument::Form::plain};
  const auto put = [&input](unsigned byte) { input.items.emplace_back(std::to_string(byte)); };
  for (const char c : text) {
    put(static_cast<unsigned char>(c));
    put(0);
  }
  if (!text.empty()) {
    put(0);
    put(0);
  }
  return {wsman::Argument::scalar("ControlCode", std::to_string(code)), std::move(input)};
}

// The group's resource of type "Virtual Machine" on a node that is moved in the ways of 2008 R2.
Result<const VmGroup*> old_resource(const Known& known, std::string_view group) {
  if (!known.facts.namespaces.cluster) {
    return Error{Errc::unsupported, "the host belongs to no cluster"};
  }
  if (!older_than(known.facts.os_version, 6, 2)) {
    return Error{
        Errc::unsupported,
        fmt::format("a node of version {} is moved by its cluster's live move, not by control codes or jobs",
                    known.facts.os_version)};
  }
  const VmGroup* found = known.groups.in_group(group);
  if (found == nullptr || found->resource.empty()) {
    return Error{Errc::unsupported,
                 fmt::format("group \"{}\" holds no virtual machine that the cluster names",
                             wsman::printable(group, kNameMax))};
  }
  return found;
}

// The one request, and what its return value means. `pending`: one more value that says "under way".
Task<Result<wsman::InvokeResult>> ask_once(Host& host, wsman::Reference target, std::string method,
                                           std::vector<wsman::Argument> arguments,
                                           std::uint32_t pending = kJobStarted) {
  Result<wsman::InvokeResult> result =
      co_await host.client->invoke(std::move(target), method, std::move(arguments));
  if (!result || result->return_value == pending) {
    co_return result;
  }
  Status accepted = check_return(method, result->return_value);
  if (!accepted) {
    co_return std::move(accepted).error();
  }
  co_return result;
}

} // namespace

Task<Result<wsman::InvokeResult>> request_live_move(Host& source, KnownPtr known, GuestId guest,
                                                    std::string destination,
                                                    std::vector<std::string> destination_addresses) {
  if (!known->facts.namespaces.v2) {
    co_return Error{Errc::unsupported,
                    "the host has no migration service (root\\virtualization\\v2 is absent)"};
  }
  if (!to_guid(guest)) {
    co_return Error{Errc::not_found,
                    fmt::format("\"{}\" is not a guest's id", wsman::printable(guest, kNameMax))};
  }
  if (known->groups.find(*to_guid(guest), {}) != nullptr) {
    co_return Error{Errc::unsupported,
                    fmt::format("guest {} belongs to a cluster, which must move it", guest)};
  }
  wsman::Reference service = service_reference(*known, kMigrationService, "migrationwmi");
  std::vector<wsman::Argument> arguments{
      wsman::Argument::reference("ComputerSystem", guest_reference(*to_guid(guest))),
      wsman::Argument::scalar("DestinationHost", std::move(destination)),
      wsman::Argument::scalar("MigrationSettingData", known->move_settings.to_cim_xml(destination_addresses)),
      wsman::Argument::nil("NewSystemSettingData")};
  co_return co_await ask_once(source, std::move(service), "MigrateVirtualSystemToHost", std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_group_move(Host& node, KnownPtr known, std::string group,
                                                     std::string destination) {
  if (!known->facts.namespaces.cluster) {
    co_return Error{Errc::unsupported, "the host belongs to no cluster"};
  }
  if (older_than(known->facts.os_version, 6, 2)) {
    co_return Error{Errc::unsupported,
                    fmt::format("a node of version {} has no live move with parameters (6.2 and "
                                "later have)",
                                known->facts.os_version)};
  }
  if (!known->groups.holds(group)) {
    co_return Error{Errc::unsupported,
                    fmt::format("group \"{}\" holds no virtual machine, so its move is not a live one",
                                wsman::printable(group, kNameMax))};
  }
  wsman::Reference target{wsman::resource_uri(kNamespaceCluster, "MSCluster_ResourceGroup"), {}};
  target.selectors.push_back({"Name", std::move(group)});
  std::vector<wsman::Argument> arguments = group_move_arguments(std::move(destination));
  co_return co_await ask_once(node, std::move(target), "MoveToNewNodeParams", std::move(arguments),
                              kIoPending);
}

Task<Result<wsman::InvokeResult>> request_resource_move(Host& node, KnownPtr known, std::string group,
                                                        std::string destination) {
  Result<const VmGroup*> resource = old_resource(*known, group);
  if (!resource) {
    co_return std::move(resource).error();
  }
  wsman::Reference target = resource_reference((*resource)->resource);
  std::vector<wsman::Argument> arguments = control_arguments(kControlStartMigration, destination);
  co_return co_await ask_once(node, std::move(target), std::string(kControl), std::move(arguments),
                              kIoPending);
}

Task<Result<wsman::InvokeResult>> request_resource_move_end(Host& node, KnownPtr known,
                                                            std::string resource) {
  if (!older_than(known->facts.os_version, 6, 2)) {
    co_return Error{Errc::unsupported, "only nodes of 2008 R2 end a move by control code"};
  }
  wsman::Reference target = resource_reference(std::move(resource));
  std::vector<wsman::Argument> arguments = control_arguments(kControlCancelMigration, {});
  co_return co_await ask_once(node, std::move(target), std::string(kControl), std::move(arguments),
                              kIoPending);
}

Task<Result<wsman::InvokeResult>> request_move_job(Host& node, KnownPtr known, std::string group,
                                                   MoveJob job) {
  Result<const VmGroup*> resource = old_resource(*known, group);
  if (!resource) {
    co_return std::move(resource).error();
  }
  wsman::Reference target{wsman::resource_uri(kNamespaceCim, kScheduledJob), {}};
  std::vector<wsman::Argument> arguments{wsman::Argument::scalar("Command", std::move(job.command)),
                                         wsman::Argument::scalar("StartTime", std::move(job.start_time)),
                                         wsman::Argument::scalar("RunRepeatedly", "false")};
  co_return co_await ask_once(node, std::move(target), "Create", std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_move_job_end(Host& node, KnownPtr known, std::string job) {
  if (!older_than(known->facts.os_version, 6, 2)) {
    co_return Error{Errc::unsupported, "only nodes of 2008 R2 are moved by jobs"};
  }
  wsman::Reference target{wsman::resource_uri(kNamespaceCim, kScheduledJob), {}};
  target.selectors.push_back({"JobId", std::move(job)});
  std::vector<wsman::Argument> none;
  co_return co_await ask_once(node, std::move(target), "Delete", std::move(none));
}

Task<Result<bool>> passes_control_codes(Host& node, std::string resource) {
  wsman::Reference target = resource_reference(std::move(resource));
  std::vector<wsman::Argument> arguments = control_arguments(kControlGetResourceType, {});
  Result<ReadAnswer> told =
      co_await repeat_reading(node, std::move(target), std::string(kControl), std::move(arguments));
  if (told) {
    co_return told->result.return_value == 0;
  }
  if (is_refusal(told.error().code)) {
    co_return false;
  }
  co_return std::move(told).error();
}

Task<Result<wsman::InvokeResult>> request_move_end(Host& source, KnownPtr known, std::string job) {
  if (!known->facts.namespaces.v2) {
    co_return Error{Errc::unsupported, "the host has no migration jobs"};
  }
  wsman::Reference target{wsman::resource_uri(kNamespaceV2, source.habits.job_class), {}};
  target.selectors.push_back({"InstanceID", std::move(job)});
  std::vector<wsman::Argument> arguments{
      wsman::Argument::scalar("RequestedState", std::string(kJobTerminate)),
      wsman::Argument::nil("TimeoutPeriod")};
  co_return co_await ask_once(source, std::move(target), "RequestStateChange", std::move(arguments));
}

} // namespace migstorm::hyperv
