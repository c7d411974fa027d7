// What the calls of changes.cpp are made of: references, settings as CIM-XML, arguments. Nothing is asked
// here.
#pragma once

#include "harness/hyperv/devices.hpp"
#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

wsman::Reference guest_reference(const Known& known, const GuestId& guest);
// The settings that are in force: "Microsoft:<GUID>".
wsman::Reference settings_reference(const Known& known, const GuestId& guest);
wsman::Reference resource_reference(std::string resource);

std::vector<wsman::Argument> group_move_arguments(std::string destination);
// `text` goes as UTF-16LE with its NUL; nothing else that is sent has letters beyond ASCII in it.
std::vector<wsman::Argument> control_arguments(std::uint32_t code, std::string_view text);

std::string drive_settings(const Known& known, std::string_view controller, std::uint32_t slot);
std::string image_settings(const Known& known, std::string_view drive, const std::string& path);
std::vector<wsman::Argument> addition_arguments(const Known& known, const GuestId& guest,
                                                std::string settings);
std::vector<wsman::Argument> removal_arguments(const Known& known, const GuestId& guest,
                                               const DeviceSetting& device);
std::vector<wsman::Argument> file_arguments(const Known& known, const OwnFile& file);

bool has_ending(std::string_view path, std::string_view ending) noexcept; // without case

} // namespace migstorm::hyperv
