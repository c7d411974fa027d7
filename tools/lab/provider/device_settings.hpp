// The settings of a virtual machine's devices as a tree: controllers, drives with their controller as Parent,
// disk files and disc images with their drive as Parent; the rest of the hardware beside them.
#pragma once

#include "tools/lab/provider/configurations.hpp"

#include <string>
#include <vector>

namespace migstorm::lab {

// All of them; with `only`, those of that class.
std::vector<cim::InstancePtr> device_settings(const VirtContext& context, const Configuration& of,
                                              const cim::ClassDef* only = nullptr);

// InstanceIDs of the tree of the machine or checkpoint that has the GUID `of`.
std::string controller_id(const std::string& of, Bus bus, std::uint32_t number);
std::string drive_id(const std::string& of, const Place& place);
std::string image_id(const std::string& of, const Place& place);
std::string network_adapter_id(const Guest& guest, const std::string& of);

} // namespace migstorm::lab
