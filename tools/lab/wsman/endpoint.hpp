// The WS-Management service of every simulated machine: one HTTP request in, one answer out. The HTTP server
// and the in-process front of simulations call the same function, so that both see the same cluster.
// Thread-safe: one request is answered at a time.
#pragma once

#include "tools/lab/lab.hpp"
#include "tools/lab/wsman/contexts.hpp"
#include "tools/lab/wsman/http.hpp"
#include "tools/lab/wsman/operations.hpp"

#include <migstorm/random.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

class Endpoint {
public:
  // Engine and clock outlive the endpoint. `seed` makes message and context ids.
  Endpoint(Engine& engine, LabClock& clock, std::uint64_t seed);

  const std::vector<Front>& fronts() const noexcept { return fronts_; }
  // By address or by name; nothing if no machine has it.
  std::optional<std::size_t> find_front(std::string_view address_or_name) const;

  // `front` is an index into fronts().
  HttpReply answer(std::size_t front, HttpRequest request);

  // Executed requests by kind: "invoke X", "query Class", "enumerate Class", "pull", "release", "get Class",
  // ...
  RequestCounts counts() const;
  // Runs `work` while no request is being answered: the only safe way to look at the engine beside a server.
  void locked(const std::function<void()>& work) const;

private:
  HttpReply answer_soap(std::size_t front, HttpRequest http);
  std::optional<Fault> execute(Call& call, bool authenticated) const;
  std::optional<Fault> check_limits(Call& call) const;
  HttpReply fault_reply(std::size_t front, const Request& request, const Fault& fault);

  Engine& engine_;
  LabClock& clock_;
  Random random_;
  std::vector<Front> fronts_;
  std::vector<Contexts> contexts_; // beside fronts_
  std::vector<Subscriptions> subscriptions_;
  RequestCounts counts_;
  mutable std::mutex mutex_;
};

} // namespace migstorm::lab::wsman
