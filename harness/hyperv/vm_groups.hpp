// Which groups of a cluster hold a virtual machine, and whose it is.
#pragma once

#include "harness/wsman/cim.hpp"

#include <migstorm/hyperv.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::hyperv {

struct VmGroup {
  std::string group;            // OwnerGroup; a key, so exactly as the cluster spells it
  std::string resource;         // "Virtual Machine g03"
  std::optional<GuestId> guest; // PrivateProperties.VmID
};

class VmGroups {
public:
  VmGroups() = default;
  // Rows of MSCluster_Resource.
  explicit VmGroups(const std::vector<wsman::Instance>& resources);

  bool holds(std::string_view group) const noexcept { return in_group(group) != nullptr; }
  const VmGroup* in_group(std::string_view group) const noexcept;
  // Any of them; nullptr: there is none.
  const VmGroup* first() const noexcept { return groups_.empty() ? nullptr : &groups_.front(); }
  // By VmID; where a resource does not tell it, by the name that such resources have.
  const VmGroup* find(const GuestId& guest, std::string_view guest_name) const noexcept;

private:
  std::vector<VmGroup> groups_;
};

} // namespace migstorm::hyperv
