#include "harness/scenario/lab_sections.hpp"

#include "harness/scenario/endpoint_url.hpp"
#include "harness/scenario/fields.hpp"
#include "harness/scenario/glob.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string>

namespace migstorm {
namespace {

constexpr std::size_t kCredentialsMax = 64;
constexpr std::size_t kEndpointsMax = 2048;

bool is_variable(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

Credential read_credential(const std::string& name, const yaml::Node& node, bool simulated) {
  Credential credential;
  credential.name = name;
  if (!node.is_map()) {
    node.error("expected user: and where the password is"); // what stands there may be the password
    return credential;
  }
  credential.user = read_short_text(node.require("user"));
  const yaml::Node variable = node.key("password_env");
  const yaml::Node file = node.key("password_file");
  const yaml::Node plain = node.key("password");
  credential.password_env = variable.text();
  credential.password_file = read_short_text(file, "", 4096);
  if (variable.is_scalar() && !is_variable(credential.password_env)) {
    variable.error("not a name of an environment variable (the password itself never stands here)");
  }
  if (plain.defined() && !simulated) {
    plain.error(
        "a password in clear text is for simulated clusters only, use password_env: or password_file:");
  } else if (plain.defined()) {
    credential.password = read_short_text(plain);
  }
  const int sources = int{variable.defined()} + int{file.defined()} + int{plain.defined()};
  if (sources > 1) {
    node.error("more than one source for the password, use one of password_env: and password_file:");
  } else if (sources == 0) {
    node.error("no source for the password, use password_env: or password_file:");
  }
  node.finish();
  return credential;
}

// From url:, or from address:, port: and https:. Absent when a diagnostic says why.
std::optional<EndpointUrl> read_url(const yaml::Node& node, const std::string& name) {
  const yaml::Node url = node.key("url");
  const yaml::Node address = node.key("address");
  const yaml::Node port = node.key("port");
  const yaml::Node https = node.key("https");
  if (url.defined()) {
    if (address.defined() || port.defined() || https.defined()) {
      url.error("stands beside address:, port: or https:, use one way to say it");
      return std::nullopt;
    }
    auto parsed = parse_endpoint_url(url.text());
    if (!parsed && url.is_scalar()) {
      url.error(parsed.error().detail);
    }
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  EndpointUrl parts;
  parts.https = https.flag(true);
  parts.port = static_cast<std::uint16_t>(port.whole(1, 65535, parts.https ? kHttpsPort : kHttpPort));
  parts.host = address.text(name);
  if (!is_address(parts.host)) {
    if (address.defined()) {
      address.error(fmt::format("{} is not an address", units::quoted(parts.host)));
    } else if (!name.empty()) {
      node.error(fmt::format("{} is not an address, add address: or url:", units::quoted(name)));
    }
    return std::nullopt;
  }
  return parts;
}

void check_encryption(const yaml::Node& node, const EndpointUrl& url, const LabFile& lab) {
  if (url.https) {
    return;
  }
  const yaml::Node place = node.key("url").defined() ? node.key("url") : node.key("https");
  if (!is_loopback_literal(url.host)) {
    place.error("plain http shows passwords to the network, it is for loopback addresses (127.0.0.1, [::1]) "
                "only: use https");
  } else if (!lab.allow_unencrypted) {
    place.error("plain http needs allow_unencrypted: true in this file");
  }
}

void read_tls(const yaml::Node& node, bool https, Endpoint& endpoint) {
  const yaml::Node verify = node.key("verify_tls");
  const yaml::Node ca_file = node.key("ca_file");
  endpoint.verify_tls = verify.flag(endpoint.verify_tls);
  endpoint.ca_file = read_short_text(ca_file, "", 4096);
  if (!https && verify.defined()) {
    verify.error("means nothing without https");
  }
  if (ca_file.defined() && (!https || !endpoint.verify_tls)) {
    ca_file.error(https ? "means nothing where verify_tls is false" : "means nothing without https");
  }
}

void read_endpoint_credential(const yaml::Node& node, const LabFile& lab, Endpoint& endpoint) {
  const yaml::Node credential = node.key("credential");
  if (!credential.defined()) {
    if (lab.credentials.size() == 1) {
      endpoint.credential = lab.credentials.front().name;
    } else {
      node.error(lab.credentials.empty()
                     ? "no credential, add credentials: to this file"
                     : "more than one credential in this file, say which with credential:");
    }
    return;
  }
  endpoint.credential = credential.text();
  std::vector<std::string> names;
  for (const Credential& known : lab.credentials) {
    names.push_back(known.name);
  }
  if (credential.is_scalar() && std::find(names.begin(), names.end(), endpoint.credential) == names.end()) {
    const std::string_view meant = units::nearest(endpoint.credential, names);
    credential.error(fmt::format("unknown credential {}{}", units::quoted(endpoint.credential),
                                 meant.empty() ? "" : fmt::format(", did you mean '{}'?", meant)));
  }
}

Endpoint read_endpoint(const yaml::Node& node, const LabFile& lab) {
  Endpoint endpoint;
  endpoint.name = read_short_text(node.require("name"), "", 128);
  const auto url = read_url(node, endpoint.name);
  if (url) {
    endpoint.url = to_string(*url);
    check_encryption(node, *url, lab);
  }
  read_tls(node, !url || url->https, endpoint);
  read_endpoint_credential(node, lab, endpoint);
  node.finish();
  return endpoint;
}

std::string without_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

} // namespace

std::vector<Credential> read_credentials(const yaml::Node& node, bool simulated) {
  std::vector<Credential> credentials;
  const auto entries = node.entries();
  if (entries.size() > kCredentialsMax) {
    node.error(fmt::format("{} entries, at most {}", entries.size(), kCredentialsMax));
    return credentials;
  }
  for (const auto& [name, value] : entries) {
    credentials.push_back(read_credential(name, value, simulated));
  }
  return credentials;
}

std::vector<Endpoint> read_endpoints(const yaml::Node& node, std::string_view what, const LabFile& lab) {
  std::vector<Endpoint> endpoints;
  std::map<std::string, std::string, std::less<>> seen_names;
  std::map<std::string, std::string, std::less<>> seen_urls;
  for (const yaml::Node& item : read_some(node, kEndpointsMax)) {
    Endpoint endpoint = read_endpoint(item, lab);
    const auto [first, is_new] = seen_names.emplace(without_case(endpoint.name), endpoint.name);
    if (!is_new && !endpoint.name.empty()) {
      item.key("name").error(fmt::format("a second {} with the name {}", what, units::quoted(endpoint.name)));
    }
    const auto [owner, fresh] = seen_urls.emplace(without_case(endpoint.url), endpoint.name);
    if (!fresh && !endpoint.url.empty() && is_new) {
      item.error(fmt::format("the same address as {} {}", what, units::quoted(owner->second)));
    }
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

} // namespace migstorm
