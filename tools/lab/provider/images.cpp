// The image service: what is known of a virtual disk file, its current size above all. Files are those of the
// guests; nothing here makes or changes one.
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/disk_files.hpp"
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kTypeFixed = 2;
constexpr std::uint64_t kTypeDynamic = 3;
constexpr std::uint64_t kFormatVhd = 2;
constexpr std::uint64_t kFormatVhdx = 3;
constexpr std::uint64_t kBlockSizeVhd = 2u << 20U;
constexpr std::uint64_t kBlockSizeVhdx = 32u << 20U;

std::uint64_t type_of(const Disk& disk) { return disk.type == VhdType::fixed ? kTypeFixed : kTypeDynamic; }

bool in_use(const HostContext& context, const DiskFile& file) {
  return context.guest(file.guest).power == Power::running;
}

cim::Instance setting_data(const VirtContext& context, const DiskFile& file) {
  const auto& disk = *file.disk;
  const bool vhdx = disk.format == VhdFormat::vhdx;
  auto row = context.make("Msvm_VirtualHardDiskSettingData");
  row.set("InstanceID", text(disk.path))
      .set("ElementName", text(disk.path.substr(disk.path.rfind('\\') + 1)))
      .set("Type", number(type_of(disk)))
      .set("Format", number(vhdx ? kFormatVhdx : kFormatVhd))
      .set("Path", text(disk.path))
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
  row.set("FileSize", number(context.model().file_size(file.guest, file.number)))
      .set("InUse", flag(in_use(context, file)))
      .set("PhysicalSectorSize", number(512))
      .set("Alignment", number(1))
      .set("FragmentationPercentage", number(0))
      .set("Timestamp", civil(context.model(), context.model().now()));
  return row;
}

cim::Instance info_v1(const VirtContext& context, const DiskFile& file) {
  auto row = context.make("Msvm_VirtualHardDiskInfo");
  row.set("FileSize", number(context.model().file_size(file.guest, file.number)))
      .set("MaxInternalSize", number(file.disk->size_max))
      .set("InSavedState", flag(false))
      .set("InUse", flag(in_use(context, file)))
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

} // namespace

void add_images(Dispatch& dispatch, const VirtContext& context) {
  if (context.v1()) {
    add(dispatch, context, "GetVirtualHardDiskInfo", "Info", info_v1);
    return;
  }
  add(dispatch, context, "GetVirtualHardDiskSettingData", "SettingData", setting_data);
  add(dispatch, context, "GetVirtualHardDiskState", "State", state);
}

} // namespace migstorm::lab
