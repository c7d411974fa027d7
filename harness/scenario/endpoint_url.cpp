#include "harness/scenario/endpoint_url.hpp"

#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>

namespace migstorm {
namespace {

constexpr std::size_t kAddressMax = 253; // a DNS name
constexpr std::size_t kPathMax = 256;

bool is_ipv6(std::string_view text) {
  std::array<unsigned char, 16> parsed{};
  return text.find(':') != std::string_view::npos &&
         inet_pton(AF_INET6, std::string(text).c_str(), parsed.data()) == 1;
}

bool is_ipv4(std::string_view text) {
  std::array<unsigned char, 4> parsed{};
  return inet_pton(AF_INET, std::string(text).c_str(), parsed.data()) == 1;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
         });
}

bool is_dns_name(std::string_view text) {
  if (text.empty() || text.size() > kAddressMax) {
    return false;
  }
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

Error refuse(std::string_view text, std::string_view why) {
  return {Errc::malformed,
          fmt::format("{} {}, write it like https://node1.example.com:5986/wsman", units::quoted(text), why)};
}

bool is_path(std::string_view path) {
  return path.size() <= kPathMax && std::all_of(path.begin(), path.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view("/-_.~").find(c) != std::string_view::npos;
         });
}

// "host", "host:port", "[v6]" or "[v6]:port". False: not of that form.
bool read_authority(std::string_view authority, EndpointUrl& url) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return false;
    }
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    has_port = !port.empty();
    if (!is_ipv6(url.host) || (has_port && port.front() != ':')) {
      return false;
    }
    port.remove_prefix(has_port ? 1 : 0);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    has_port = colon != std::string_view::npos;
    port = has_port ? authority.substr(colon + 1) : std::string_view();
    if (!is_address(url.host)) {
      return false;
    }
  }
  if (has_port) {
    const auto number = units::parse_whole(port);
    if (!number || *number < 1 || *number > 65535 || port.front() == ' ') {
      return false;
    }
    url.port = static_cast<std::uint16_t>(*number);
  }
  return true;
}

} // namespace

bool is_address(std::string_view text) {
  // All digits and dots is meant as an IPv4 address.
  const bool numeric = text.find_first_not_of("0123456789.") == std::string_view::npos;
  return text.size() <= kAddressMax && (is_ipv6(text) || (numeric ? is_ipv4(text) : is_dns_name(text)));
}

bool is_loopback_literal(std::string_view address) {
  return (is_ipv4(address) && address.starts_with("127.")) || address == "::1";
}

Result<EndpointUrl> parse_endpoint_url(std::string_view text) {
  EndpointUrl url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    url.https = false;
    url.port = kHttpPort;
  } else {
    return refuse(text, "does not start with https:// or http://");
  }
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  if (rest.substr(0, slash).find('@') != std::string_view::npos) {
    // Not repeated: a password may stand there.
    return Error{Errc::malformed, "a url with a user in it, name a credential: instead"};
  }
  if (!read_authority(rest.substr(0, slash), url)) {
    return refuse(text, "has no valid host and port");
  }
  if (slash < rest.size()) {
    url.path = rest.substr(slash);
  }
  if (!is_path(url.path)) {
    return refuse(text, "has a path that no listener has");
  }
  return url;
}

std::string to_string(const EndpointUrl& url) {
  const bool bracketed = url.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}{}", url.https ? "https" : "http", bracketed ? "[" : "", url.host,
                     bracketed ? "]" : "", url.port, url.path);
}

} // namespace migstorm
