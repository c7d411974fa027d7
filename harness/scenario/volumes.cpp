#include "harness/scenario/volumes.hpp"

#include "harness/scenario/glob.hpp"

namespace migstorm {

const hyperv::Volume* volume_of(const std::vector<hyperv::Volume>& volumes, std::string_view path) noexcept {
  const hyperv::Volume* best = nullptr;
  for (const hyperv::Volume& volume : volumes) {
    const std::string_view root = volume.path;
    const bool below = path.size() > root.size() && path[root.size()] == '\\' &&
                       equal_without_case(path.substr(0, root.size()), root);
    if (below && (best == nullptr || best->path.size() < root.size())) {
      best = &volume;
    }
  }
  return best;
}

} // namespace migstorm
