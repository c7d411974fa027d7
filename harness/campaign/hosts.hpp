// The run's hosts by number. Names are compared without case and kept as the lab file spells them.
#pragma once

#include <migstorm/hyperv.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace migstorm::campaign {

using HostId = std::uint32_t;

class HostTable {
public:
  explicit HostTable(std::vector<hyperv::HostFacts> facts);

  std::optional<HostId> find(std::string_view name) const;
  std::size_t size() const noexcept { return facts_.size(); }
  const hyperv::HostFacts& facts(HostId host) const { return facts_[host]; }
  const hyperv::HostName& name(HostId host) const { return facts_[host].host; }

private:
  std::vector<hyperv::HostFacts> facts_;
  std::map<std::string, HostId, std::less<>> index_; // by lower-case name
};

} // namespace migstorm::campaign
