#include "harness/hyperv/changes.hpp"

#include "harness/hyperv/change_arguments.hpp"
#include "harness/hyperv/read_method.hpp"
#include "harness/hyperv/room.hpp"
#include "harness/scenario/volumes.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kMigrationService = "Msvm_VirtualSystemMigrationService";
constexpr std::uint32_t kIoPending =
    997; // ERROR_IO_PENDING: how the cluster's own interface says "under way"
constexpr std::string_view kJobTerminate = "4"; // clean; 5 would leave the halves of a move behind

// clusapi.h. Access bits 1 (read) and 2 (write); bit 22 says that the object changes.
constexpr std::uint32_t kControlGetResourceType = 0x0100002d;
constexpr std::uint32_t kControlStartMigration = 0x01600004;
constexpr std::uint32_t kControlCancelMigration = 0x01600008;
constexpr std::uint32_t kControlUpdateConfiguration = 0x01600004; // to type "Virtual Machine Configuration"
constexpr std::string_view kControl = "ExecuteResourceControl";
constexpr std::string_view kScheduledJob = "Win32_ScheduledJob";

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

// "C:\x\migstorm-1.vhd" and "\\server\share\migstorm-1.vhd"; nothing that leads elsewhere.
bool is_whole_path(std::string_view path) noexcept {
  const bool drive = path.size() > 3 && path[1] == ':' && path[2] == '\\';
  const bool share = path.starts_with("\\\\") && path.size() > 2 && path[2] != '?' && path[2] != '.';
  constexpr std::size_t kPathMax = 259;
  return (drive || share) && path.size() <= kPathMax && path.find("..") == std::string_view::npos &&
         path.find_first_of("/\"*<>|\r\n\t", 0) == std::string_view::npos &&
         path.find(':', 2) == std::string_view::npos;
}

Error not_ours(std::string_view path) {
  return {Errc::denied, fmt::format("\"{}\" is no disk file of ours, which begin with \"{}\"",
                                    wsman::printable(path, kNameMax), kOwnPrefix)};
}

bool belongs_to(std::string_view instance_id, const GuestId& guest) {
  return guid_of_instance(instance_id) == guest;
}

Error of_another(std::string_view what) {
  return {Errc::denied, fmt::format("the {} is not this guest's", what)};
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

enum class Change : std::uint8_t { add, remove };

Task<Result<wsman::InvokeResult>> change_devices(Host& host, KnownPtr known, Change change,
                                                 std::vector<wsman::Argument> arguments) {
  const bool v1 = known->schema() == Schema::v1;
  const std::string method = change == Change::add
                                 ? (v1 ? "AddVirtualSystemResources" : "AddResourceSettings")
                             : v1 ? "RemoveVirtualSystemResources"
                                  : "RemoveResourceSettings";
  wsman::Reference service = service_reference(*known, "Msvm_VirtualSystemManagementService", "vmms");
  co_return co_await ask_once(host, std::move(service), method, std::move(arguments));
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
      wsman::Argument::reference("ComputerSystem", guest_reference(*known, *to_guid(guest))),
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

bool is_own_file(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('\\');
  const std::string_view name = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  const bool named =
      name.size() > kOwnPrefix.size() && wsman::same_name(name.substr(0, kOwnPrefix.size()), kOwnPrefix);
  const std::string_view rest = named ? name.substr(kOwnPrefix.size()) : std::string_view();
  return is_whole_path(path) && (has_ending(rest, ".vhd") || has_ending(rest, ".vhdx"));
}

Status check_room(const HostRoom& room, const OwnFile& file) {
  const Volume* volume = volume_of(room.volumes, file.path);
  if (volume == nullptr) {
    return Error{Errc::unsupported, fmt::format("the host shows no volume that holds {}, so nobody can tell "
                                                "what is free there",
                                                wsman::printable(file.path, kNameMax))};
  }
  if (volume->free < file.size || volume->free - file.size < file.leave_free) {
    return Error{Errc::unsupported,
                 fmt::format("{} has {} bytes free; a disk that may grow to {} would not leave {} there",
                             volume->path, volume->free, file.size, file.leave_free)};
  }
  return Unit{};
}

Task<Result<wsman::InvokeResult>> request_file(Host& host, KnownPtr known, OwnFile file) {
  constexpr std::uint64_t kSizeMin = 3ULL << 20U;
  constexpr std::uint64_t kVhdMax = 2040ULL << 30U;
  constexpr std::uint64_t kVhdxMax = 64ULL << 40U;
  const bool vhdx = has_ending(file.path, ".vhdx");
  if (!is_own_file(file.path)) {
    co_return not_ours(file.path);
  }
  if (vhdx && known->schema() == Schema::v1) {
    co_return Error{Errc::unsupported, "the host has VHD only, not VHDX"};
  }
  if (file.size < kSizeMin || file.size > (vhdx ? kVhdxMax : kVhdMax) || file.size % 512 != 0) {
    co_return Error{Errc::unsupported, fmt::format("no {} has {} bytes", vhdx ? "VHDX" : "VHD", file.size)};
  }
  if (file.leave_free > 0) {
    const Result<HostRoom> room = co_await read_room(host);
    const Status fits = room ? check_room(*room, file) : Status(room.error());
    if (!fits) {
      co_return fits.error();
    }
  }
  const bool fixed = file.type == DiskType::fixed;
  const std::string method = known->schema() == Schema::v2 ? "CreateVirtualHardDisk"
                             : fixed                       ? "CreateFixedVirtualHardDisk"
                                                           : "CreateDynamicVirtualHardDisk";
  wsman::Reference service = service_reference(*known, "Msvm_ImageManagementService", "vhdsvc");
  std::vector<wsman::Argument> arguments = file_arguments(*known, file);
  co_return co_await ask_once(host, std::move(service), method, std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_file_end(Host& host, std::string path) {
  if (!is_own_file(path)) {
    co_return not_ours(path);
  }
  wsman::Reference target{wsman::resource_uri(kNamespaceCim, "CIM_DataFile"), {}};
  target.selectors.push_back({"Name", std::move(path)});
  std::vector<wsman::Argument> none;
  co_return co_await ask_once(host, std::move(target), "Delete", std::move(none));
}

Task<Result<wsman::InvokeResult>> request_drive(Host& host, KnownPtr known, GuestId guest, FreeSlot place) {
  if (!belongs_to(place.controller, guest)) {
    co_return of_another("controller");
  }
  std::string settings = drive_settings(*known, place.controller, place.slot);
  std::vector<wsman::Argument> arguments = addition_arguments(*known, guest, std::move(settings));
  co_return co_await change_devices(host, known, Change::add, std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_image(Host& host, KnownPtr known, GuestId guest, std::string drive,
                                                std::string path) {
  if (!is_own_file(path)) {
    co_return not_ours(path);
  }
  if (!belongs_to(drive, guest)) {
    co_return of_another("drive");
  }
  std::string settings = image_settings(*known, drive, path);
  std::vector<wsman::Argument> arguments = addition_arguments(*known, guest, std::move(settings));
  co_return co_await change_devices(host, known, Change::add, std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_image_end(Host& host, KnownPtr known, GuestId guest,
                                                    DeviceSetting image) {
  if (image.device != Device::virtual_disk || !is_own_file(image.path)) {
    co_return not_ours(image.path);
  }
  if (!belongs_to(image.id, guest)) {
    co_return of_another("image");
  }
  std::vector<wsman::Argument> arguments = removal_arguments(*known, guest, image);
  co_return co_await change_devices(host, known, Change::remove, std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_drive_end(Host& host, KnownPtr known, GuestId guest,
                                                    std::vector<DeviceSetting> devices, std::string drive) {
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceSetting& setting) {
    return setting.device == Device::disk_drive && wsman::same_name(setting.id, drive);
  });
  if (found == devices.end() || !is_empty(devices, *found)) {
    co_return Error{Errc::denied, "the drive is not there, or not empty"};
  }
  if (!belongs_to(found->id, guest)) {
    co_return of_another("drive");
  }
  std::vector<wsman::Argument> arguments = removal_arguments(*known, guest, *found);
  co_return co_await change_devices(host, known, Change::remove, std::move(arguments));
}

Task<Result<wsman::InvokeResult>> request_configuration_update(Host& node, KnownPtr known,
                                                               ClusterResource resource) {
  if (!wsman::same_name(resource.type, "Virtual Machine Configuration")) {
    co_return Error{Errc::unsupported, fmt::format("resource \"{}\" is no virtual machine's configuration",
                                                   wsman::printable(resource.name, kNameMax))};
  }
  const bool old = older_than(known->facts.os_version, 6, 2);
  wsman::Reference target = resource_reference(std::move(resource.name));
  std::vector<wsman::Argument> arguments;
  if (old) {
    arguments = control_arguments(kControlUpdateConfiguration, {});
  }
  const std::string method = old ? std::string(kControl) : "UpdateVirtualMachine";
  co_return co_await ask_once(node, std::move(target), method, std::move(arguments), kIoPending);
}

Task<Result<wsman::InvokeResult>> request_canary_crash(Host& owner, KnownPtr known, GuestId guest,
                                                       CanarySeen seen, std::string mark) {
  if (!known->facts.namespaces.v2 || older_than(known->facts.os_version, 6, 3)) {
    co_return Error{Errc::unsupported,
                    fmt::format("a host of version {} injects no interrupts (6.3 and later do)",
                                known->facts.os_version)};
  }
  if (!to_guid(guest) || seen.id != guest || seen.notes_of != guest) {
    co_return Error{Errc::denied, "the host shows another guest than the one that was named"};
  }
  const std::string_view suffix = kCanarySuffix;
  if (mark.size() <= suffix.size() || !mark.ends_with(suffix) || seen.notes.find(mark) == std::string::npos) {
    co_return Error{Errc::denied,
                    fmt::format("the Notes of {} do not hold {}", guest, wsman::printable(mark, kNameMax))};
  }
  if (seen.state != EnabledState::enabled || seen.migrating) {
    co_return Error{Errc::busy, fmt::format("{} is not running, or on its way to another host", guest)};
  }
  wsman::Reference target = guest_reference(*known, guest);
  std::vector<wsman::Argument> none;
  co_return co_await ask_once(owner, std::move(target), "InjectNonMaskableInterrupt", std::move(none));
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
