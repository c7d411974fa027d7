#include "harness/hyperv/directory.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

Directory::Directory(Runtime& runtime, const LabFile& lab, TransportFactory connect)
    : runtime_(runtime), connect_(std::move(connect)), operation_timeout_(lab.operation_timeout) {
  const std::uint32_t lanes = std::max<std::uint32_t>(lab.lanes_per_host, 1);
  for (const Endpoint& endpoint : lab.hosts) {
    hosts_.try_emplace(to_lower(endpoint.name), runtime, endpoint, lanes);
  }
  for (const Endpoint& endpoint : lab.guests) {
    guests_.try_emplace(to_lower(endpoint.name), runtime, endpoint, 1);
  }
}

Result<Host*> Directory::host(std::string_view name) {
  const auto found = hosts_.find(to_lower(name));
  if (found == hosts_.end()) {
    return Error{Errc::not_found,
                 fmt::format("the lab file has no host \"{}\"", wsman::printable(name, kNameMax))};
  }
  return ready(found->second);
}

Result<Host*> Directory::guest(std::string_view name) {
  const auto found = guests_.find(to_lower(name));
  if (found == guests_.end()) {
    return Error{Errc::unsupported,
                 fmt::format("the lab file gives no way to guest \"{}\"", wsman::printable(name, kNameMax))};
  }
  return ready(found->second);
}

Result<Host*> Directory::ready(Host& host) {
  if (!host.client) {
    Result<std::unique_ptr<wsman::Transport>> transport = connect_(host.endpoint);
    if (!transport) {
      return std::move(transport).error().within(host.endpoint.name);
    }
    wsman::ClientOptions options;
    options.to = host.endpoint.url;
    options.operation_timeout = operation_timeout_;
    host.client = std::make_unique<wsman::Client>(runtime_, std::move(*transport), std::move(options));
  }
  return &host;
}

HostName Directory::spelled(std::string_view machine_name) const {
  if (const auto exact = hosts_.find(to_lower(machine_name)); exact != hosts_.end()) {
    return exact->second.endpoint.name;
  }
  const std::string_view label = first_label(machine_name);
  const Host* by_label = nullptr;
  std::size_t with_label = 0;
  for (const auto& [key, host] : hosts_) {
    if (host.known && wsman::same_name(host.known->facts.computer_name, label)) {
      return host.endpoint.name;
    }
    if (wsman::same_name(first_label(host.endpoint.name), label)) {
      by_label = &host;
      ++with_label;
    }
  }
  return with_label == 1 ? by_label->endpoint.name : HostName(machine_name);
}

std::vector<Host*> Directory::machines() {
  std::vector<Host*> asked;
  for (Hosts* machines : {&hosts_, &guests_}) {
    for (auto& [key, host] : *machines) {
      if (host.client) {
        asked.push_back(&host);
      }
    }
  }
  return asked;
}

WireCounters Directory::counters() const {
  WireCounters sum;
  for (const Hosts* machines : {&hosts_, &guests_}) {
    for (const auto& [key, host] : *machines) {
      if (host.client) {
        const WireCounters one = host.client->counters();
        sum.requests += one.requests;
        sum.faults += one.faults;
        sum.retries += one.retries;
        sum.connections += one.connections;
        sum.authentications += one.authentications;
      }
    }
  }
  return sum;
}

} // namespace migstorm::hyperv
