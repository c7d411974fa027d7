// Msvm_MigrationJob rows. A job that has ended never changes again, so its row is made once and handed out
// until the model forgets it: polling a host costs what is under way, not what it remembers.
#pragma once

#include "tools/lab/provider/host_context.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace migstorm::lab {

class JobRows {
public:
  explicit JobRows(const VirtContext& context) : context_(context) {}

  std::vector<cim::InstancePtr> all();
  cim::InstancePtr row_of(const MigrationJob& job);
  const VirtContext& context() const { return context_; }

private:
  cim::InstancePtr make(const MigrationJob& job) const;

  VirtContext context_;
  std::unordered_map<std::string, cim::InstancePtr> ended_;
};

} // namespace migstorm::lab
