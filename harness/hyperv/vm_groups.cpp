#include "harness/hyperv/vm_groups.hpp"

#include "harness/hyperv/names.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kResourceType = "Virtual Machine";

std::optional<GuestId> vm_id(const wsman::Instance& resource) {
  for (const auto& properties : resource.instances("PrivateProperties")) {
    if (const auto id = properties->text("VmID")) {
      return to_guid(*id);
    }
  }
  const auto id = resource.text("VmID");
  return id ? to_guid(*id) : std::nullopt;
}

} // namespace

VmGroups::VmGroups(const std::vector<wsman::Instance>& resources) {
  for (const wsman::Instance& row : resources) {
    const auto group = row.text("OwnerGroup");
    if (group && !group->empty() && wsman::same_name(row.text("Type").value_or(""), kResourceType)) {
      groups_.push_back({std::string(*group), std::string(row.text("Name").value_or("")), vm_id(row)});
    }
  }
}

const VmGroup* VmGroups::in_group(std::string_view group) const noexcept {
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const VmGroup& known) { return wsman::same_name(known.group, group); });
  return found == groups_.end() ? nullptr : &*found;
}

const VmGroup* VmGroups::find(const GuestId& guest, std::string_view guest_name) const noexcept {
  const auto by_id = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const VmGroup& known) { return known.guest == guest; });
  if (by_id != groups_.end()) {
    return &*by_id;
  }
  const auto by_name = std::find_if(groups_.begin(), groups_.end(), [&](const VmGroup& known) {
    const std::string_view resource = known.resource;
    return !known.guest && !guest_name.empty() &&
           resource.size() == kResourceType.size() + 1 + guest_name.size() &&
           wsman::same_name(resource.substr(0, kResourceType.size()), kResourceType) &&
           wsman::same_name(resource.substr(kResourceType.size() + 1), guest_name);
  });
  return by_name == groups_.end() ? nullptr : &*by_name;
}

} // namespace migstorm::hyperv
