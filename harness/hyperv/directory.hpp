// The machines of a lab file by name, and the lab file's spelling of the names that hosts use for each other.
#pragma once

#include "harness/hyperv/host.hpp"
#include "harness/wsman/transport.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::hyperv {

using TransportFactory = std::function<Result<std::unique_ptr<wsman::Transport>>(const Endpoint&)>;

class Directory {
public:
  Directory(Runtime& runtime, const LabFile& lab, TransportFactory connect);

  // With a client, ready to be asked. not_found: the lab file has no such host.
  Result<Host*> host(std::string_view name);
  // A guest that can be asked itself. unsupported: the lab file gives no way to it.
  Result<Host*> guest(std::string_view name);

  // "HV2" and "hv2.lab.test" become "hv2" if that is how the lab file calls this machine. By its name, then
  // by the name it gave when probed, then by the first label if only one host has it. Others stay as they
  // are.
  HostName spelled(std::string_view machine_name) const;

  std::vector<Host*> machines(); // those that have been asked something
  WireCounters counters() const;

private:
  using Hosts = std::map<std::string, Host>; // by lower-case name; addresses stay

  Result<Host*> ready(Host& host);

  Runtime& runtime_;
  TransportFactory connect_;
  std::chrono::nanoseconds operation_timeout_;
  Hosts hosts_;
  Hosts guests_;
};

} // namespace migstorm::hyperv
