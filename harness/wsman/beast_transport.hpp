// The production Transport: HTTP over Boost.Beast, a few connections ("lanes") per host.
//
// A lane owns one connection and its authentication. The first request to a host uses one lane; more open, up
// to lanes_max, once it was answered. After a 401 or 403 nothing is sent any more.
#pragma once

#include "harness/wsman/authenticator.hpp"
#include "harness/wsman/principal.hpp"
#include "harness/wsman/transport.hpp"

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace migstorm {
class AsioRuntime;
}

namespace migstorm::wsman {

struct HttpOptions {
  std::string host; // a name or an address
  std::uint16_t port = 5986;
  std::string path = "/wsman";
  bool https = true;
  bool verify_tls = true;
  std::string ca_file;                  // PEM; empty: what the system trusts
  std::shared_ptr<Principal> principal; // none: requests carry no Authorization
  // One authenticator per connection; empty: Basic.
  std::function<std::unique_ptr<Authenticator>(const Principal&)> make_authenticator;
  std::size_t lanes_max = 4;
  bool allow_unencrypted = false; // plain http, and then only to loopback addresses
  std::size_t max_body = std::size_t{2} << 20;
  Span connect_timeout = std::chrono::seconds(15); // real time, for TCP and TLS together
};

// malformed: a host or path that cannot stand in a request; unsupported: plain http without
// allow_unencrypted; storage: the CA file cannot be read.
Result<std::unique_ptr<Transport>> make_http_transport(AsioRuntime& runtime, HttpOptions options);

} // namespace migstorm::wsman
