// A machine has the configuration that it runs with, and one for each checkpoint of it. The classes of
// settings show all of them; what tells them apart is the GUID in their InstanceIDs.
#pragma once

#include "tools/lab/provider/host_context.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace migstorm::lab {

struct Configuration {
  GuestIndex guest = 0;
  std::optional<std::size_t> checkpoint = std::nullopt; // index among the guest's; absent: what it runs with
};

// GUID of the machine or of the checkpoint.
const std::string& id_of(const HostContext& context, const Configuration& configuration);
cim::ObjectPath settings_path(const VirtContext& context, const Configuration& configuration);
// The file that is a disk in it.
const std::string& file_of(const Disk& disk, const Configuration& configuration);

// Calls `each` for the one that has the GUID `id`, or for all of this host where it is null.
void each_configuration(const VirtContext& context, const std::string* id,
                        const std::function<void(const Configuration&)>& each);

} // namespace migstorm::lab
