// From a lab file's endpoints to transports: credentials are read once and shared by all who use them.
#pragma once

#include "harness/hyperv/directory.hpp"
#include "harness/journal/memory.hpp"
#include "harness/runtime/asio_runtime.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <functional>
#include <string>
#include <vector>

namespace migstorm {

// Reads every password that the lab file names (files and environment). denied: one cannot be read; says
// which.
struct Connections {
  hyperv::TransportFactory transports;
  std::function<std::vector<RejectedCredential>()> rejected; // so far
  // `host` rejected the credential by another way than these: nobody here shows it any more.
  std::function<void(const std::string& credential, const std::string& host)> reject;
};
Result<Connections> make_connections(AsioRuntime& runtime, const LabFile& lab);

} // namespace migstorm
