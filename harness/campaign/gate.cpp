#include "harness/campaign/gate.hpp"

#include <algorithm>

namespace migstorm::campaign {

Gate::Gate(const HostTable& hosts, const MigrateSpec& asked)
    : busy_at_(hosts.size()), total_(std::max(1U, asked.total)) {
  for (HostId i = 0; i < hosts.size(); ++i) {
    const hyperv::HostFacts& facts = hosts.facts(i);
    std::uint32_t limit = std::min(std::max(1U, asked.per_host), std::max(1U, facts.migrations_max));
    if (facts.cluster_parallel_migrations) {
      limit = std::min(limit, std::max(1U, *facts.cluster_parallel_migrations));
    }
    limits_.push_back(limit);
  }
}

bool Gate::admits(HostId from, HostId to) const noexcept {
  return busy_ < total_ && busy_at_[from] < limits_[from] && busy_at_[to] < limits_[to];
}

void Gate::enter(HostId from, HostId to) noexcept {
  ++busy_;
  ++busy_at_[from];
  ++busy_at_[to];
}

void Gate::leave(HostId from, HostId to) noexcept {
  --busy_;
  --busy_at_[from];
  --busy_at_[to];
}

} // namespace migstorm::campaign
