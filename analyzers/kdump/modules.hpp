// What was loaded when the machine stopped, and what had been.
//
// Lists in a dump are what a broken kernel left: rings, dangling links and paged-out names are ordinary.
#pragma once

#include "analyzers/kdump/memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::kdump {

inline constexpr std::size_t kModulesMax = 4096;
inline constexpr std::size_t kUnloadedDriversMax = 256;

struct Module {
  std::string name; // file name, UTF-8; "" when it was not in the dump
  std::string path; // as the loader kept it; "" when not known
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint64_t entry_point = 0;
  std::uint32_t checksum = 0;
  std::optional<std::uint32_t> timestamp; // only small dumps tell it here; otherwise it is in the image

  bool contains(std::uint64_t address) const noexcept { return address >= base && address - base < size; }
};

struct UnloadedDriver {
  std::string name; // often cut to twelve characters by the writer
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

struct ModuleList {
  std::vector<Module> modules; // in load order: the kernel first
  std::vector<std::string> warnings;
};

// Follows the loader's list from its head.
ModuleList walk_modules(const Memory& memory, std::uint64_t list_head);

// The kernel's array of recently unloaded drivers. `array` and `last` are addresses of its two variables.
std::vector<UnloadedDriver> read_unloaded(const Memory& memory, std::uint64_t array, std::uint64_t last);

} // namespace migstorm::kdump
