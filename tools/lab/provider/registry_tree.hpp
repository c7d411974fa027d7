// The small registry of a simulated machine: what a harness reads about crash dumps, filters and the release.
#pragma once

#include "tools/lab/provider/os_facts.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace migstorm::lab {

using RegistryData =
    std::variant<std::string, std::uint32_t, std::vector<std::string>, std::vector<std::uint8_t>>;

struct RegistryValue {
  std::string name;
  RegistryData data;
};

struct RegistryKey {
  std::string name;
  std::map<std::string, RegistryKey> keys; // by lower-case name
  std::vector<RegistryValue> values;

  // "SYSTEM\CurrentControlSet\Services", without case; nullptr if there is none.
  const RegistryKey* find(std::string_view path) const;
  RegistryKey& make(std::string_view path);
  void set(std::string_view path, std::string_view value, RegistryData data);
};

RegistryKey registry_of(const OsFacts& facts); // HKEY_LOCAL_MACHINE

} // namespace migstorm::lab
