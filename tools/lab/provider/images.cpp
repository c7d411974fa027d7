// The image service: what is known of a virtual disk file, its current size above all. New ones are made as
// jobs.
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/disk_files.hpp"
#include "tools/lab/provider/providers.hpp"
#include "tools/lab/provider/task_jobs.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kTypeFixed = 2;
constexpr std::uint64_t kTypeDynamic = 3;
constexpr std::uint64_t kTypeDifferencing = 4;
constexpr std::uint64_t kFormatVhd = 2;
constexpr std::uint64_t kFormatVhdx = 3;
constexpr std::uint64_t kFormatVhdSet = 4;
constexpr std::uint64_t kBlockSizeVhd = 2u << 20U;
constexpr std::uint64_t kBlockSizeVhdx = 32u << 20U;

std::uint64_t type_of(const Disk& disk) {
  if (!disk.chain.empty()) {
    return kTypeDifferencing;
  }
  return disk.type == VhdType::fixed ? kTypeFixed : kTypeDynamic;
}

std::uint64_t format_of(const Disk& disk) {
  if (disk.sharing == Sharing::disk_set) {
    return kFormatVhdSet;
  }
  return disk.format == VhdFormat::vhdx ? kFormatVhdx : kFormatVhd;
}

cim::Instance setting_data(const VirtContext& context, const DiskFile& file) {
  const auto& disk = *file.disk;
  const bool vhdx = disk.format == VhdFormat::vhdx;
  auto row = context.make("Msvm_VirtualHardDiskSettingData");
  row.set("InstanceID", text(disk.path))
      .set("ElementName", text(disk.path.substr(disk.path.rfind('\\') + 1)))
      .set("Type", number(type_of(disk)))
      .set("Format", number(format_of(disk)))
      .set("Path", text(disk.path))
      .set("ParentPath", disk.chain.empty() ? null() : text(disk.chain.back()))
      .set("MaxInternalSize", number(disk.size_max))
      .set("BlockSize", number(disk.type == VhdType::fixed ? 0
                               : vhdx                      ? kBlockSizeVhdx
                                                           : kBlockSizeVhd))
      .set("LogicalSectorSize", number(512))
      .set("PhysicalSectorSize", number(vhdx ? 4096 : 512))
      .set("VirtualDiskId", text(derived_guid(disk.path, "disk")));
  return row;
}

cim::Instance state(const VirtContext& context, const DiskFile& file) {
  auto row = context.make("Msvm_VirtualHardDiskState");
  row.set("FileSize", number(size_of(context, file)))
      .set("InUse", flag(file.in_use))
      .set("PhysicalSectorSize", number(512))
      .set("Alignment", number(1))
      .set("FragmentationPercentage", number(0))
      .set("Timestamp", civil(context.model(), context.model().now()));
  return row;
}

cim::Instance info_v1(const VirtContext& context, const DiskFile& file) {
  auto row = context.make("Msvm_VirtualHardDiskInfo");
  row.set("FileSize", number(size_of(context, file)))
      .set("ParentPath", file.disk->chain.empty() ? null() : text(file.disk->chain.back()))
      .set("MaxInternalSize", number(file.disk->size_max))
      .set("InSavedState", flag(false))
      .set("InUse", flag(file.in_use))
      .set("Type", number(type_of(*file.disk)));
  return row;
}

using Describe = cim::Instance (*)(const VirtContext&, const DiskFile&);

void add(Dispatch& dispatch, const VirtContext& context, std::string_view method, std::string out,
         Describe describe) {
  dispatch.add_method(context.at("Msvm_ImageManagementService"), method,
                      [context, out = std::move(out), describe](const cim::ObjectPath&, const Arguments& in) {
                        const auto* path = text_argument(in, "Path");
                        if (path == nullptr || path->empty()) {
                          return returned(kReturnInvalidParameter);
                        }
                        const auto file = find_disk_file(context, *path);
                        if (!file) {
                          return returned(kReturnFileNotFound);
                        }
                        auto result = returned(kReturnOk);
                        result.out.emplace_back(out, text(cim::to_cim_xml(describe(context, *file))));
                        return result;
                      });
}

std::uint64_t number_of(const cim::EmbeddedInstance& settings, std::string_view name) {
  const auto* value = settings.text(name);
  return value != nullptr ? cim::parse_unsigned(*value).value_or(0) : 0;
}

cim::MethodResult ask(const VirtContext& context, const TaskRequest& request) {
  return task_result(context, context.model().ask_task(context.index(), request));
}

cim::MethodResult create(const VirtContext& context, const Arguments& in) {
  const auto* sent = text_argument(in, "VirtualDiskSettingData");
  const auto settings =
      sent != nullptr ? cim::parse_cim_xml(*sent) : Result<cim::EmbeddedInstance>(Error{Errc::malformed, ""});
  const auto* path = settings ? settings->text("Path") : nullptr;
  if (path == nullptr || !cim::iequals(settings->class_name, "Msvm_VirtualHardDiskSettingData")) {
    return returned(kReturnInvalidParameter);
  }
  const auto type = number_of(*settings, "Type");
  const auto format = number_of(*settings, "Format");
  if ((type != kTypeFixed && type != kTypeDynamic) || (format != kFormatVhd && format != kFormatVhdx)) {
    return returned(kReturnInvalidParameter); // differencing disks and VHD sets are not made here
  }
  TaskRequest request;
  request.path = *path;
  request.size = number_of(*settings, "MaxInternalSize");
  request.type = type == kTypeFixed ? VhdType::fixed : VhdType::dynamic;
  request.format = format == kFormatVhd ? VhdFormat::vhd : VhdFormat::vhdx;
  return ask(context, request);
}

cim::MethodResult create_v1(const VirtContext& context, const Arguments& in, VhdType type) {
  const auto* path = text_argument(in, "Path");
  const auto size = number_argument(in, "MaxInternalSize");
  if (path == nullptr || !size) {
    return returned(kReturnInvalidParameter);
  }
  TaskRequest request;
  request.path = *path;
  request.size = *size;
  request.type = type;
  return ask(context, request);
}

void add_creation_v1(Dispatch& dispatch, const VirtContext& context, std::string_view method, VhdType type) {
  dispatch.add_method(
      context.at("Msvm_ImageManagementService"), method,
      [context, type](const cim::ObjectPath&, const Arguments& in) { return create_v1(context, in, type); });
}

} // namespace

void add_images(Dispatch& dispatch, const VirtContext& context) {
  if (context.v1()) {
    add(dispatch, context, "GetVirtualHardDiskInfo", "Info", info_v1);
    add_creation_v1(dispatch, context, "CreateDynamicVirtualHardDisk", VhdType::dynamic);
    add_creation_v1(dispatch, context, "CreateFixedVirtualHardDisk", VhdType::fixed);
    return;
  }
  add(dispatch, context, "GetVirtualHardDiskSettingData", "SettingData", setting_data);
  add(dispatch, context, "GetVirtualHardDiskState", "State", state);
  dispatch.add_method(context.at("Msvm_ImageManagementService"), "CreateVirtualHardDisk",
                      [context](const cim::ObjectPath&, const Arguments& in) { return create(context, in); });
}

} // namespace migstorm::lab
