// The virtual disk files that a host reaches: those of its own guests, those that no
// machine has, and all that lie on shared storage.
#pragma once

#include "tools/lab/engine/model.hpp"
#include "tools/lab/provider/host_context.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace migstorm::lab {

struct DiskFile {
  const Disk* disk = nullptr;
  std::optional<GuestIndex> guest; // whose disk it is; none: no machine has it
  std::size_t number = 0;          // among that guest's disks
  bool in_use = false;             // by a running machine
};

// Bytes of the file now.
std::uint64_t size_of(const HostContext& context, const DiskFile& file);

void each_disk_file(const HostContext& context, const std::function<void(const DiskFile&)>& each);
std::optional<DiskFile> find_disk_file(const HostContext& context, std::string_view path); // without case

} // namespace migstorm::lab
