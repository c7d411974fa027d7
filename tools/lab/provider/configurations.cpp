#include "tools/lab/provider/configurations.hpp"

namespace migstorm::lab {

const std::string& id_of(const HostContext& context, const Configuration& configuration) {
  const auto& guest = context.guest(configuration.guest);
  return configuration.checkpoint ? guest.checkpoints[*configuration.checkpoint].id : guest.id;
}

cim::ObjectPath settings_path(const VirtContext& context, const Configuration& configuration) {
  return context.path("Msvm_VirtualSystemSettingData",
                      {{"InstanceID", "Microsoft:" + id_of(context, configuration)}});
}

const std::string& file_of(const Disk& disk, const Configuration& configuration) {
  const bool below = configuration.checkpoint && *configuration.checkpoint < disk.chain.size();
  return below ? disk.chain[*configuration.checkpoint] : disk.path;
}

void each_configuration(const VirtContext& context, const std::string* id,
                        const std::function<void(const Configuration&)>& each) {
  bool found = false;
  context.each_guest(id, [&](GuestIndex guest) {
    each({guest});
    found = id != nullptr;
  });
  if (found) {
    return;
  }
  context.each_guest(nullptr, [&](GuestIndex guest) {
    const auto& checkpoints = context.guest(guest).checkpoints;
    for (std::size_t i = 0; i < checkpoints.size(); ++i) {
      if (id == nullptr || cim::iequals(checkpoints[i].id, *id)) {
        each({guest, i});
      }
    }
  });
}

} // namespace migstorm::lab
