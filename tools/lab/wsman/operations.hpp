// The operations of WS-Management on one simulated machine. Each appends the content of the response's body.
#pragma once

#include "tools/lab/wsman/contexts.hpp"
#include "tools/lab/wsman/request.hpp"
#include "tools/lab/wsman/resource.hpp"
#include "tools/lab/wsman/subscriptions.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migstorm::lab::wsman {

// One request being answered.
struct Call {
  cim::Machine& machine;
  Contexts& contexts;
  Subscriptions& subscriptions;
  Random& random;
  const Request& request;
  Instant now{};
  std::string& out;
  std::size_t size_max = 0; // of `out` when the operation returns; what follows is already taken off
  std::string kind;         // for the counts: "query Msvm_ComputerSystem"

  // Whether what was appended still fits.
  bool fits() const noexcept { return out.size() <= size_max; }
};

// Bytes that items may take of a response: context, end of sequence and closing tags come after them.
inline std::size_t room_for_items(const Call& call) noexcept {
  constexpr std::size_t kEndBytes = 256;
  return call.size_max > kEndBytes ? call.size_max - kEndBytes : 0;
}

using Operation = std::optional<Fault> (*)(Call&);

std::optional<Fault> identify(Call& call, bool authenticated);
std::optional<Fault> get(Call& call);
std::optional<Fault> put(Call& call);
std::optional<Fault> enumerate(Call& call);
std::optional<Fault> pull(Call& call);
std::optional<Fault> release(Call& call);
std::optional<Fault> invoke(Call& call);
std::optional<Fault> subscribe(Call& call);
std::optional<Fault> renew(Call& call);
std::optional<Fault> unsubscribe(Call& call);
std::optional<Fault> pull_events(Call& call, Subscription& from, std::size_t elements); // of pull()

} // namespace migstorm::lab::wsman
