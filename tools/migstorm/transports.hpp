// From a lab file's endpoints to transports: credentials are read once and shared by all who use them.
#pragma once

#include "harness/hyperv/directory.hpp"
#include "harness/runtime/asio_runtime.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <string>

namespace migstorm {

// Reads every password that the lab file names (files and environment). denied: one cannot be read; says
// which.
Result<hyperv::TransportFactory> make_http_factory(AsioRuntime& runtime, const LabFile& lab);

} // namespace migstorm
