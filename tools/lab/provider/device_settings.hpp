// The settings of a virtual machine's devices as a tree: controllers, drives with their controller as Parent,
// disk files with their drive as Parent; memory, processors and a network adapter beside them.
#pragma once

#include "tools/lab/provider/host_context.hpp"

#include <string>
#include <vector>

namespace migstorm::lab {

// All of them; with `only`, those of that class.
std::vector<cim::InstancePtr> device_settings(const VirtContext& context, GuestIndex guest,
                                              const cim::ClassDef* only = nullptr);

// InstanceIDs of the tree.
std::string controller_id(const Guest& guest, Bus bus, std::uint32_t number);
std::string drive_id(const Guest& guest, const Place& place);
std::string image_id(const Guest& guest, const Place& place);

} // namespace migstorm::lab
