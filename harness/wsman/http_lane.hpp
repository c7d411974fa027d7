// One connection to a host: opened when it is needed, kept alive, replaced when the peer closed it between
// requests.
//
// A request leaves once: Errc::transport until its first byte was written, Errc::unknown_outcome from then on
// until the answer is complete. A 401 says that it was not carried out: the legs of an authentication repeat
// it.
#pragma once

#include "harness/wsman/beast_transport.hpp"

#include <migstorm/result.hpp>
#include <migstorm/task.hpp>

#include <memory>
#include <string>

namespace migstorm::wsman {

struct TlsContext; // OpenSSL's, behind Asio

// What the lanes of one host have in common.
struct LaneShared {
  AsioRuntime& runtime;
  HttpOptions options;
  TransportCounters counters;
  std::shared_ptr<TlsContext> tls; // none over plain http
};
Result<std::shared_ptr<LaneShared>> make_lane_shared(AsioRuntime& runtime, HttpOptions options);

class HttpLane {
public:
  explicit HttpLane(std::shared_ptr<LaneShared> shared);
  ~HttpLane();
  HttpLane(const HttpLane&) = delete;
  HttpLane& operator=(const HttpLane&) = delete;

  // One at a time. Errc::denied: a 401 or 403, or the principal was rejected elsewhere.
  Task<Result<Reply>> exchange(std::string body, Span timeout);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace migstorm::wsman
