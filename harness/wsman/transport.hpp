// The seam between WS-Man's envelopes and what carries them: Beast in production, a call in simulation.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace migstorm::wsman {

struct Reply {
  int http_status = 0;
  std::string body;
};

struct TransportCounters {
  std::uint64_t connections = 0;
  std::uint64_t authentications = 0;
};

// One host's connections. A request leaves at most once: Errc::transport means that it certainly did not
// leave, Errc::unknown_outcome that it left and no whole answer came, Errc::over_limit that the answer is
// larger than we take (what was asked may have been carried out as well), Errc::denied an HTTP 401/403.
// Errc::remote_fault: HTTP says no, Errc::unsupported: the connection is one that we do not make (plain http,
// a certificate not accepted).
class Transport {
public:
  virtual ~Transport() = default;
  // `timeout` is real time for sockets. `cancelled` is never returned: a request that left is waited for.
  virtual Task<Result<Reply>> post(std::string body, Span timeout) = 0;
  virtual TransportCounters counters() const = 0;
};

} // namespace migstorm::wsman
