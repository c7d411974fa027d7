// The one thing the engine asks of the providers: machines that answer management requests from the model.
// Implemented in tools/lab/provider. The model outlives the machines.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/model.hpp"

#include <memory>

namespace migstorm::lab {

std::unique_ptr<cim::Machine> make_host_machine(Model& model, HostIndex index);
std::unique_ptr<cim::Machine> make_guest_machine(Model& model, GuestIndex index);

} // namespace migstorm::lab
