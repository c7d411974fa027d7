#include "tools/migstorm/transports.hpp"

#include "harness/scenario/credential.hpp"
#include "harness/scenario/endpoint_url.hpp"
#include "harness/wsman/beast_transport.hpp"
#include "harness/wsman/principal.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <map>
#include <memory>

namespace migstorm {

namespace {

using PrincipalPtr = std::shared_ptr<wsman::Principal>;
using Principals = std::map<std::string, PrincipalPtr, std::less<>>; // by the credential's name

// Two names for one account are one principal: it is the account that gets locked.
Result<Principals> read_principals(AsioRuntime& runtime, const LabFile& lab) {
  Principals principals;
  std::map<std::pair<std::string, std::string>, PrincipalPtr> accounts;
  for (const Credential& credential : lab.credentials) {
    Result<std::string> password = read_password(credential);
    if (!password) {
      return std::move(password).error();
    }
    if (const auto warning = password_warning(credential)) {
      spdlog::warn("{}", *warning);
    }
    PrincipalPtr& account = accounts[{credential.user, *password}];
    if (!account) {
      account = std::make_shared<wsman::Principal>(runtime, credential.user, *password);
    }
    principals.emplace(credential.name, account);
  }
  return principals;
}

Result<std::unique_ptr<wsman::Transport>> connect(AsioRuntime& runtime, const Endpoint& endpoint,
                                                  const Principals& principals, const LabFile& lab) {
  Result<EndpointUrl> url = parse_endpoint_url(endpoint.url);
  if (!url) {
    return std::move(url).error().within(endpoint.name);
  }
  wsman::HttpOptions options;
  options.host = url->host;
  options.port = url->port;
  options.path = url->path;
  options.https = url->https;
  options.verify_tls = endpoint.verify_tls;
  options.ca_file = endpoint.ca_file;
  options.lanes_max = lab.lanes_per_host;
  options.allow_unencrypted = lab.allow_unencrypted;
  if (const auto principal = principals.find(endpoint.credential); principal != principals.end()) {
    options.principal = principal->second;
  }
  return wsman::make_http_transport(runtime, std::move(options));
}

} // namespace

Result<Connections> make_connections(AsioRuntime& runtime, const LabFile& lab) {
  Result<Principals> principals = read_principals(runtime, lab);
  if (!principals) {
    return std::move(principals).error();
  }
  Connections connections;
  connections.rejected = [known = *principals] {
    std::vector<RejectedCredential> rejected;
    for (const auto& [name, principal] : known) {
      if (principal->rejected()) {
        rejected.push_back({name, principal->user(), principal->rejected_by(), {}});
      }
    }
    return rejected;
  };
  connections.reject = [known = *principals](const std::string& credential, const std::string& host) {
    if (const auto principal = known.find(credential); principal != known.end()) {
      principal->second->settle(wsman::Principal::Outcome::rejected, host);
    }
  };
  connections.transports = [&runtime, lab, known = *std::move(principals)](const Endpoint& endpoint) {
    return connect(runtime, endpoint, known, lab);
  };
  return connections;
}

} // namespace migstorm
