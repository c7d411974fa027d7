#include "tools/lab/provider/host_context.hpp"

#include <algorithm>

namespace migstorm::lab {

std::optional<GuestIndex> HostContext::guest_here(std::string_view id) const {
  const auto guest = model_->find_guest(id);
  if (!guest) {
    return std::nullopt;
  }
  const auto& rows = model_->guests_on(index_);
  return std::binary_search(rows.begin(), rows.end(), *guest) ? guest : std::nullopt;
}

cim::ObjectPath VirtContext::path(std::string_view class_name, std::vector<cim::Key> keys) const {
  return {host().name, std::string(ns_), std::string(class_name), std::move(keys)};
}

cim::ObjectPath VirtContext::system_path(GuestIndex index) const {
  return path("Msvm_ComputerSystem",
              {{"CreationClassName", "Msvm_ComputerSystem"}, {"Name", guest(index).id}});
}

cim::ObjectPath VirtContext::settings_path(GuestIndex index) const {
  return path("Msvm_VirtualSystemSettingData", {{"InstanceID", "Microsoft:" + guest(index).id}});
}

std::optional<GuestIndex> VirtContext::guest_of(const cim::ObjectPath& path) const {
  if (cim::iequals(path.class_name, "Msvm_ComputerSystem")) {
    const auto* name = path.find("Name");
    return name != nullptr ? guest_here(*name) : std::nullopt;
  }
  const auto* id = path.find("InstanceID");
  return id != nullptr ? guest_here(system_in(*id)) : std::nullopt;
}

} // namespace migstorm::lab
