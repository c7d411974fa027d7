#include "harness/scenario/lab_rules.hpp"

#include "harness/scenario/glob.hpp"

#include <algorithm>

namespace migstorm {

bool names_guest(const std::vector<std::string>& patterns, std::string_view name, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return glob_match(pattern, name) || equal_without_case(pattern, id);
  });
}

bool allows_host(const LabFile& lab, std::string_view host) {
  const auto& patterns = lab.allowed_hosts;
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                         [&](const std::string& each) { return glob_match(each, host); });
}

bool names_path(const std::vector<std::string>& volumes, std::string_view path) {
  return std::any_of(volumes.begin(), volumes.end(), [&](const std::string& volume) {
    return glob_match(volume, path) || glob_match(volume + "\\*", path);
  });
}

bool can_be_asked(const LabFile& lab, std::string_view guest) {
  return std::any_of(lab.guests.begin(), lab.guests.end(),
                     [&](const Endpoint& each) { return equal_without_case(each.name, guest); });
}

} // namespace migstorm
