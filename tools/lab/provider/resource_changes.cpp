// Devices added to machines and taken away: SCSI controllers, drives and the disk files in them. v2 names the
// settings, v1 the system; the slot stands in AddressOnParent or Address, the file in HostResource or
// Connection.
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/device_settings.hpp"
#include "tools/lab/provider/providers.hpp"
#include "tools/lab/provider/task_jobs.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kService = "Msvm_VirtualSystemManagementService";
constexpr std::size_t kResourcesMax = 64; // of one call

// All places that a guest's controllers offer.
std::vector<Place> places_of(const Guest& guest) {
  std::vector<Place> places;
  for (std::uint32_t i = 0; i < kIdeControllers * kIdeSlots; ++i) {
    places.push_back({Bus::ide, i / kIdeSlots, i % kIdeSlots});
  }
  for (std::uint32_t i = 0; i < guest.scsi_controllers * kScsiSlots; ++i) {
    places.push_back({Bus::scsi, i / kScsiSlots, i % kScsiSlots});
  }
  return places;
}

template <class Id>
std::optional<Place> find_place(const Guest& guest, std::string_view id, const Id& id_of) {
  for (const Place& place : places_of(guest)) {
    if (cim::iequals(id_of(guest.id, place), id)) {
      return place;
    }
  }
  return std::nullopt;
}

std::string instance_in(const cim::EmbeddedInstance& settings, std::string_view property) {
  const auto* parent = settings.text(property);
  const auto path = parent != nullptr ? cim::parse_path(*parent) : std::nullopt;
  const auto* id = path ? path->find("InstanceID") : nullptr;
  return id != nullptr ? *id : std::string();
}

std::optional<TaskRequest> drive_in(const VirtContext& context, GuestIndex index,
                                    const cim::EmbeddedInstance& settings) {
  const auto& guest = context.guest(index);
  const auto* slot = settings.text(context.v1() ? "Address" : "AddressOnParent");
  const std::uint64_t number = slot != nullptr ? cim::parse_unsigned(*slot).value_or(kScsiSlots) : kScsiSlots;
  const auto controller =
      find_place(guest, instance_in(settings, "Parent"), [](const std::string& of, const Place& at) {
        return controller_id(of, at.bus, at.controller);
      });
  if (!controller || number >= kScsiSlots) {
    return std::nullopt;
  }
  TaskRequest request;
  request.kind = TaskKind::add_drive;
  request.guest = index;
  request.place = {controller->bus, controller->controller, static_cast<std::uint32_t>(number)};
  return request;
}

std::optional<TaskRequest> image_in(const VirtContext& context, GuestIndex index,
                                    const cim::EmbeddedInstance& settings) {
  const auto place = find_place(context.guest(index), instance_in(settings, "Parent"), drive_id);
  const auto* path = settings.text(context.v1() ? "Connection" : "HostResource");
  if (!place || path == nullptr) {
    return std::nullopt;
  }
  TaskRequest request;
  request.kind = TaskKind::add_image;
  request.guest = index;
  request.place = *place;
  request.path = *path;
  return request;
}

std::optional<TaskRequest> addition_in(const VirtContext& context, GuestIndex index,
                                       const std::string& cim_xml) {
  const auto settings = cim::parse_cim_xml(cim_xml);
  const auto* type = settings ? settings->text("ResourceSubType") : nullptr;
  if (type == nullptr) {
    return std::nullopt;
  }
  const auto is = [&](std::string_view kind) {
    return cim::iequals(*type,
                        std::string(context.v1() ? "Microsoft " : "Microsoft:Hyper-V:") + std::string(kind));
  };
  if (is("Synthetic Disk Drive")) {
    return drive_in(context, index, *settings);
  }
  if (is("Virtual Hard Disk")) {
    return image_in(context, index, *settings);
  }
  if (is("Synthetic SCSI Controller")) {
    TaskRequest request;
    request.kind = TaskKind::add_controller;
    request.guest = index;
    return request;
  }
  return std::nullopt;
}

std::optional<TaskRequest> removal_of(const VirtContext& context, const cim::ObjectPath& path) {
  const auto* id = path.find("InstanceID");
  const auto index = id != nullptr ? context.guest_here(system_in(*id)) : std::nullopt;
  if (!index) {
    return std::nullopt;
  }
  const auto& guest = context.guest(*index);
  const auto drive = find_place(guest, *id, drive_id);
  const auto image = find_place(guest, *id, image_id);
  if (!drive && !image) {
    return std::nullopt;
  }
  TaskRequest request;
  request.kind = drive ? TaskKind::remove_drive : TaskKind::remove_image;
  request.guest = *index;
  request.place = drive ? *drive : *image;
  return request;
}

// The path that a resource has once it is there.
cim::ObjectPath path_of(const VirtContext& context, const TaskRequest& request) {
  const auto& guest = context.guest(request.guest);
  const bool image = request.kind == TaskKind::add_image;
  const std::string id = image ? image_id(guest.id, request.place)
                         : request.kind == TaskKind::add_drive
                             ? drive_id(guest.id, request.place)
                             : controller_id(guest.id, Bus::scsi, guest.scsi_controllers - 1);
  return context.path(image && !context.v1() ? "Msvm_StorageAllocationSettingData"
                                             : "Msvm_ResourceAllocationSettingData",
                      {{"InstanceID", id}});
}

// One after the other; the first that is refused ends it. With several jobs, the last one is named.
cim::MethodResult ask_all(const VirtContext& context, const std::vector<std::optional<TaskRequest>>& requests,
                          std::string_view results) {
  TaskReply reply{requests.empty() || requests.size() > kResourcesMax ? kReturnInvalidParameter : kReturnOk,
                  "", ""};
  cim::Array made;
  for (const auto& request : requests) {
    if (reply.return_value != kReturnOk && reply.return_value != kReturnJobStarted) {
      break;
    }
    reply = request ? context.model().ask_task(context.index(), *request)
                    : TaskReply{kReturnInvalidParameter, "", ""};
    if (request && reply.return_value == kReturnOk) {
      made.emplace_back(path_of(context, *request));
    }
  }
  auto result = task_result(context, reply);
  if (!results.empty() && reply.return_value == kReturnOk) {
    result.out.emplace_back(std::string(results), std::move(made));
  }
  return result;
}

cim::MethodResult add_all(const VirtContext& context, const Arguments& in) {
  const auto* target = path_argument(in, context.v1() ? "TargetSystem" : "AffectedConfiguration");
  const auto guest = target != nullptr ? context.guest_of(*target) : std::nullopt;
  const auto* sent = array_argument(in, context.v1() ? "ResourceSettingData" : "ResourceSettings");
  std::vector<std::optional<TaskRequest>> requests;
  for (const auto& item : guest&& sent != nullptr ? *sent : cim::Array()) {
    const auto* cim_xml = std::get_if<std::string>(&item);
    requests.push_back(cim_xml != nullptr ? addition_in(context, *guest, *cim_xml) : std::nullopt);
  }
  return ask_all(context, requests, context.v1() ? "NewResources" : "ResultingResourceSettings");
}

cim::MethodResult remove_all(const VirtContext& context, const Arguments& in) {
  const auto* sent = array_argument(in, context.v1() ? "ResourceSettingData" : "ResourceSettings");
  std::vector<std::optional<TaskRequest>> requests;
  for (const auto& item : sent != nullptr ? *sent : cim::Array()) {
    const auto* path = std::get_if<cim::ObjectPath>(&item);
    requests.push_back(path != nullptr ? removal_of(context, *path) : std::nullopt);
  }
  return ask_all(context, requests, "");
}

} // namespace

void add_resource_changes(Dispatch& dispatch, const VirtContext& context) {
  const auto& service = context.at(kService);
  dispatch.add_method(
      service, context.v1() ? "AddVirtualSystemResources" : "AddResourceSettings",
      [context](const cim::ObjectPath&, const Arguments& in) { return add_all(context, in); });
  dispatch.add_method(
      service, context.v1() ? "RemoveVirtualSystemResources" : "RemoveResourceSettings",
      [context](const cim::ObjectPath&, const Arguments& in) { return remove_all(context, in); });
}

} // namespace migstorm::lab
