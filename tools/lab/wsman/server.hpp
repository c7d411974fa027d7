// Serves the endpoint over HTTP: one listener per simulated machine, on its own loopback address. Runs on a
// thread of its own; what the seed does to a request on the wire happens to its connection here.
#pragma once

#include "tools/lab/wsman/endpoint.hpp"

#include <migstorm/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace migstorm::lab::wsman {

struct TlsFiles {
  std::string certificate; // PEM, with its chain
  std::string key;         // PEM
};

struct ServerOptions {
  std::optional<std::uint16_t> port; // instead of each front's own; 0: any that is free
  std::optional<TlsFiles> tls;       // HTTPS instead of HTTP
  bool loopback_only = true;         // a front with any other address is refused
  std::size_t header_bytes_max = std::size_t{16} * 1024;
  std::size_t body_bytes_max = std::size_t{1024} * 1024;
  std::chrono::seconds idle{120}; // real time; a connection that is silent for longer is closed
};

class Server {
public:
  // The endpoint outlives the server.
  Server(Endpoint& endpoint, ServerOptions options);
  ~Server(); // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds every front or none, and begins to serve.
  Status start();
  // No answer is given after it returns. Idempotent.
  void stop() noexcept;

  std::uint16_t port(std::size_t front) const; // as bound
  std::size_t connections() const noexcept;    // open now, of all fronts

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace migstorm::lab::wsman
