// How many moves may be under way at once: in all, and to and from each host. Never more than the hosts
// themselves allow, whatever the scenario says.
#pragma once

#include "harness/campaign/hosts.hpp"

#include <migstorm/scenario.hpp>

namespace migstorm::campaign {

class Gate {
public:
  Gate(const HostTable& hosts, const MigrateSpec& asked);

  bool admits(HostId from, HostId to) const noexcept;
  void enter(HostId from, HostId to) noexcept; // a resumed move enters even where it is one too many
  void leave(HostId from, HostId to) noexcept;

  std::uint32_t limit(HostId host) const noexcept { return limits_[host]; }
  std::uint32_t busy() const noexcept { return busy_; }

private:
  std::vector<std::uint32_t> limits_;
  std::vector<std::uint32_t> busy_at_;
  std::uint32_t total_;
  std::uint32_t busy_ = 0;
};

} // namespace migstorm::campaign
