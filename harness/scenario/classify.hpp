// What a guest's hardware and its cluster's rules mean for moving it live. Pure decisions; unknown facts
// never become an objection, they are said.
#pragma once

#include <migstorm/hyperv.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

struct Classification {
  std::optional<std::string> objection; // why it stays where it is, and what can be done about it
  std::vector<std::string> remarks;     // of a guest that is moved all the same
};
Classification classify(const hyperv::GuestFacts& guest);

// Whether a host takes a running machine of that configuration version and gives it back as it was; absent: a
// version or release that is not known. Source: Microsoft's table of supported configuration versions.
std::optional<bool> takes_configuration(std::string_view os_version, std::string_view configuration);

// Whether the cluster lets the host own the guest; true where it does not tell.
bool may_own(const hyperv::GuestFacts& guest, const hyperv::HostFacts& host);

} // namespace migstorm
