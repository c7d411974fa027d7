// The address of a WS-Management listener.
#pragma once

#include <migstorm/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm {

struct EndpointUrl {
  bool https = true;
  std::string host; // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 5986;
  std::string path = "/wsman";
};

inline constexpr std::uint16_t kHttpPort = 5985;
inline constexpr std::uint16_t kHttpsPort = 5986;

// "http(s)://host[:port][/path]"; no user, query or fragment.
Result<EndpointUrl> parse_endpoint_url(std::string_view text);
// With every part written out.
std::string to_string(const EndpointUrl& url);

// A DNS name, an IPv4 address or an IPv6 address without brackets.
bool is_address(std::string_view text);
// 127.0.0.0/8 or ::1 as numbers: a name could mean another machine tomorrow.
bool is_loopback_literal(std::string_view address);

} // namespace migstorm
