// The simulated cluster called in process: what simulations have instead of sockets.
#pragma once

#include "harness/hyperv/directory.hpp"
#include "tools/lab/wsman/endpoint.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/runtime.hpp>

namespace migstorm {

// `runtime` and `endpoint` outlive the transports.
hyperv::TransportFactory make_lab_factory(Runtime& runtime, lab::wsman::Endpoint& endpoint,
                                          const LabFile& lab);

} // namespace migstorm
