// Which integration components and devices a virtual machine has, for those who list or link them.
#pragma once

#include "tools/lab/engine/state.hpp"

#include <span>
#include <string>
#include <string_view>

namespace migstorm::lab {

struct Component {
  std::string_view class_name;
  std::string_view guid; // the second half of its DeviceID
};

std::span<const Component> components() noexcept;
std::string device_id(const Guest& guest, const Component& component); // "Microsoft:<VM>\<component>"

} // namespace migstorm::lab
