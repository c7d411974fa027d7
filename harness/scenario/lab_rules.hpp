// What a lab file's rules say of one guest, host or path.
#pragma once

#include <migstorm/lab_file.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migstorm {

// Do the patterns name the guest, by its name or its GUID?
bool names_guest(const std::vector<std::string>& patterns, std::string_view name, std::string_view id);
bool allows_host(const LabFile& lab, std::string_view host);
// A volume's own path stands for everything below it.
bool names_path(const std::vector<std::string>& volumes, std::string_view path);
// The lab file gives a way to the guest itself.
bool can_be_asked(const LabFile& lab, std::string_view guest);

} // namespace migstorm
